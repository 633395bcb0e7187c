using System.Threading.Channels;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Processes.Tests.Engine;

/// <summary>Keeps what pv-init would be told.</summary>
internal sealed class RecordingNotifier : ISystemdNotifier
{
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

    public bool IsEnabled => true;

    public bool SaidNothing => !_said.Reader.TryPeek(out _);

    public void Notify(ServiceState state) => _said.Writer.TryWrite(state.ToString());

    /// <summary>The next word.</summary>
    public Task<string> NextAsync() => _said.Reader.ReadAsync().AsTask().WaitAsync(EngineHarness.Patience);
}
