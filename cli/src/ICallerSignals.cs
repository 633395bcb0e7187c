using System.Threading.Channels;

namespace PvExec.Cli;

/// <summary>The signals that come while this is not disposed; they do nothing else then.</summary>
public interface ICallerSignals : IDisposable
{
    ChannelReader<CallerSignal> Received { get; }
}
