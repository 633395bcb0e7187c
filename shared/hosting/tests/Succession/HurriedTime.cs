namespace PvExec.Hosting.Tests.Succession;

/// <summary>Five seconds pass in one, as far as anybody measures them; timers keep the usual pace.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override long GetTimestamp() => base.GetTimestamp() * 5;
}
