using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>What was said to whoever started the service.</summary>
public sealed class RecordingNotifier : ISystemdNotifier
{
    public ConcurrentQueue<string> Said { get; } = [];

    public bool IsEnabled => true;

    public void Notify(ServiceState state) => Said.Enqueue(state.ToString());
}
