namespace PvExec.Cli.Output;

/// <summary>What <c>scopes --json</c> prints.</summary>
public sealed record ScopesRow(IReadOnlyList<ScopeRow> Scopes);
