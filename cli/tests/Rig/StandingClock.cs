namespace PvExec.Cli.Tests.Rig;

/// <summary>It is always the same time.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
