using System.Threading.Channels;

namespace PvExec.Cli.Tests.Rig;

/// <summary>The signals that a test sends.</summary>
internal sealed class FakeSignals : ICallerSignals
{
    private readonly Channel<CallerSignal> _received = Channel.CreateUnbounded<CallerSignal>();

    public ChannelReader<CallerSignal> Received => _received.Reader;

    public void Send(CallerSignal signal) => _received.Writer.TryWrite(signal);

    public void Dispose()
    {
        // Sent to nobody from now on.
    }
}
