namespace PvExec.Hosting.Tests.Unary;

/// <summary>All that an answer says, the fields in the order of their names.</summary>
public sealed record TrialAnswer(byte[] Body, IReadOnlyList<string> Header, IReadOnlyList<string> Trailers);
