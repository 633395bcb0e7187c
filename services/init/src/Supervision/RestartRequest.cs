namespace PvExec.Init.Supervision;

/// <summary>A restart that is under way, and who is told how it went.</summary>
/// <param name="Line">Null: nobody.</param>
/// <param name="Token">Of the line when it asked.</param>
internal sealed record RestartRequest(Line? Line, long Token, ulong Correlation);
