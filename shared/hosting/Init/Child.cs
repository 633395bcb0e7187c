using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Hosting.Init;

/// <summary>A process that pv-init started for this service.</summary>
public sealed class Child
{
    private readonly TaskCompletionSource<ChildExit> _exited;
    private readonly ulong _group;

    /// <param name="id">pv-init's number for it, never used twice.</param>
    /// <param name="pidFd">Null when none is wanted, or none came.</param>
    /// <param name="goesOnAtOnce"><see cref="SpawnSpec.GoesOnAtOnce"/>.</param>
    /// <param name="group"><see cref="Group"/>, while it runs.</param>
    public Child(
        ulong id,
        int pid,
        string label,
        DateTimeOffset started,
        ReadOnlyMemory<byte> state,
        IReadOnlyDictionary<string, SafeHandle> kept,
        SafeFileHandle? pidFd = null,
        bool goesOnAtOnce = false,
        ulong group = 0)
    {
        _exited = new(goesOnAtOnce ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        Id = id;
        Pid = pid;
        Label = label;
        Started = started;
        State = state;
        Kept = kept;
        PidFd = pidFd;
        _group = group;
    }

    public ulong Id { get; }

    /// <summary>The number of its control group (docs/init-protocol.md); 0 when it has none. Once it has ended: only if somebody is left in it.</summary>
    public ulong Group => _exited.Task.IsCompleted ? _exited.Task.Result.Group : _group;

    /// <summary>Information only: it may be another process's once this one has ended.</summary>
    public int Pid { get; }

    public string Label { get; }

    public DateTimeOffset Started { get; }

    /// <summary><see cref="SpawnSpec.State"/> as given at the start.</summary>
    public ReadOnlyMemory<byte> State { get; }

    /// <summary>By name, for an adopted child; owned by the caller. Empty for one just started: its descriptors are still open here.</summary>
    public IReadOnlyDictionary<string, SafeHandle> Kept { get; }

    /// <summary>
    /// Holds the process, so that its number cannot come to mean another one (pidfd_open(2)); owned by the caller. For one
    /// started with <see cref="SpawnSpec.HoldPidFd"/>; null when no descriptor was left, here or in pv-init.
    /// </summary>
    public SafeFileHandle? PidFd { get; }

    /// <summary>Completes when the process itself has ended, whether or not its descendants live on.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    /// <summary>Called by the connection to pv-init, and by fakes.</summary>
    public void SetExited(ChildExit exit) => _exited.TrySetResult(exit);
}
