using System.Collections.Concurrent;
using PvExec.Contract;

namespace PvExec.Processes.Tests.Engine;

/// <summary>Keeps what it was told.</summary>
internal sealed class RecordingObserver : IProcessObserver
{
    private readonly ConcurrentQueue<(string Process, ProcessState State, int Port, int ExposedPort)> _told = new();

    public IReadOnlyList<(string Process, ProcessState State, int Port, int ExposedPort)> Told => [.. _told];

    public void Changed(string process, ProcessState state, int port, int exposedPort) => _told.Enqueue((process, state, port, exposedPort));
}
