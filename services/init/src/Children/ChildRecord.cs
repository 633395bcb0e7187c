using Microsoft.Win32.SafeHandles;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Children;

/// <summary>A process started for a service, until the service has acknowledged its end.</summary>
internal sealed class ChildRecord(ulong id, int pid, Service owner, Spawn spawn, long startedMicroseconds, SafeFileHandle? pidFd, SafeFileHandle[] kept) : IDisposable
{
    public ulong Id { get; } = id;

    public int Pid { get; } = pid;

    public Service Owner { get; } = owner;

    public string Label { get; } = spawn.Label;

    public long StartedMicroseconds { get; } = startedMicroseconds;

    /// <summary>Null once it has ended, and when there was no descriptor left to hold it with.</summary>
    public SafeFileHandle? PidFd { get; private set; } = pidFd;

    /// <summary>In the order of the names in the Spawn message.</summary>
    public SafeFileHandle[] Kept { get; } = kept;

    /// <summary>Null while it runs.</summary>
    public Exited? Exit { get; private set; }

    /// <summary>Among those that have ended and are not acknowledged; null otherwise. The registry's.</summary>
    public LinkedListNode<ChildRecord>? Place { get; set; }

    private byte[] State { get; } = spawn.State;

    private IReadOnlyList<string> KeptNames { get; } = spawn.Kept;

    public void End(Exited exit)
    {
        Exit = exit;
        PidFd?.Dispose();
        PidFd = null;
    }

    public Owned ToOwned() => new(Id, Pid, Label, StartedMicroseconds, State, KeptNames, Exit);

    public void Dispose()
    {
        PidFd?.Dispose();
        foreach (SafeFileHandle handle in Kept)
        {
            handle.Dispose();
        }
    }
}
