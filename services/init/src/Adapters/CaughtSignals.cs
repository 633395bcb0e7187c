using PvExec.Init.Native;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>The signals that pv-init acts on, as bytes in a pipe.</summary>
internal sealed class CaughtSignals
{
    private readonly PipePair _pipe = PipePair.Open(nonBlocking: true);

    /// <summary>Readable when a signal came.</summary>
    public System.Runtime.InteropServices.SafeHandle Handle => _pipe.ReadEnd;

    public void Catch()
    {
        foreach (int signal in new[] { Signals.SIGTERM, Signals.SIGINT, Signals.SIGQUIT, Signals.SIGHUP, Signals.SIGUSR1 })
        {
            int errno = Shim.pv_catch_signal(signal, (int)_pipe.WriteEnd.DangerousGetHandle());
            if (errno != 0)
            {
                throw new SystemCallException($"sigaction({signal})", errno);
            }
        }
    }

    /// <summary>The number of a signal that came, or 0.</summary>
    public int TryTake() => PipeReader.TryReadByte(_pipe.ReadEnd);
}
