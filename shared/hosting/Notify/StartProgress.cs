using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Hosting.Notify;

/// <summary>
/// Tells whoever started the service that a long start goes on (EXTEND_TIMEOUT_USEC of sd_notify(3)), so that it is not taken for
/// one that hangs. To be called for each step of the work, not by a timer: a start that stands still is to be ended. Thread-safe.
/// </summary>
public sealed class StartProgress(ISystemdNotifier notifier, TimeProvider time)
{
    /// <summary>How long one step may take: longer than a disk or a network that is busy needs for a few mebibytes.</summary>
    public static readonly TimeSpan StepTime = TimeSpan.FromMinutes(1);

    /// <summary>Steps may be many.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly ServiceState Extend = new(
        string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)StepTime.TotalMicroseconds}"));

    /// <summary>When it was last said; 0 for never.</summary>
    private long _said;

    /// <summary>One more step is done.</summary>
    public void Step()
    {
        long now = Math.Max(1, time.GetTimestamp()), said = Interlocked.Read(ref _said);
        if ((said != 0 && time.GetElapsedTime(said, now) < Pause) || Interlocked.CompareExchange(ref _said, now, said) != said)
        {
            return;
        }

        try
        {
            notifier.Notify(Extend);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The next step says it; and whoever does not listen ends nobody.
            return;
        }
    }
}
