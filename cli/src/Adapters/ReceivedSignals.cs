using System.Runtime.InteropServices;
using System.Threading.Channels;
using PvExec.Linux.Processes;

namespace PvExec.Cli.Adapters;

/// <summary>The signals that this process gets. Those that it was started to ignore (nohup(1)) stay ignored.</summary>
internal sealed class ReceivedSignals : ICallerSignals
{
    private static readonly (PosixSignal Signal, CallerSignal Meaning)[] s_all =
    [
        (PosixSignal.SIGHUP, CallerSignal.Hangup),
        (PosixSignal.SIGINT, CallerSignal.Interrupt),
        (PosixSignal.SIGQUIT, CallerSignal.Quit),
        (PosixSignal.SIGTERM, CallerSignal.Terminate),
        (PosixSignal.SIGWINCH, CallerSignal.Resized),
    ];

    private readonly Channel<CallerSignal> _received = Channel.CreateUnbounded<CallerSignal>();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public ReceivedSignals()
    {
        foreach ((PosixSignal signal, CallerSignal meaning) in s_all.Where(one => !IgnoredSignals.Contain((int)one.Meaning)))
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _received.Writer.TryWrite(meaning);
            }));
        }
    }

    public ChannelReader<CallerSignal> Received => _received.Reader;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
