using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <content>One instance of a service takes the place of another; docs/init-protocol.md describes how.</content>
public sealed partial class InitConnection
{
    private const string TableName = "table";
    private const int MaxTableBytes = 1 << 30;

    private readonly TaskCompletionSource<TimeSpan> _handOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<KeptDescriptor> _stored = [];

    /// <summary>Another instance is the service still: nothing is owned until <see cref="TakeOverAsync"/> has succeeded.</summary>
    public bool IsStandby { get; private set; }

    /// <summary>What was found of earlier instances, beside the children.</summary>
    public Inheritance Inherited { get; private set; } = Inheritance.None;

    /// <summary>Completes when a new instance waits to take this one's place, with the time left to hand over.</summary>
    public Task<TimeSpan> HandOverRequested => _handOver.Task;

    /// <summary>Becomes the service, as soon as the instance before has handed over or has ended.</summary>
    public Task<Outcome<Unit>> TakeOverAsync(RuntimePaths paths) => Task.Run(() =>
    {
        int errno = _sender.Send(_socket, 0, new TakeOver());
        if (errno != 0)
        {
            return new Fault(FaultKind.Unavailable, $"cannot take over through pv-init on '{paths.Init}': {Errno.Describe(errno)}");
        }

        Outcome<Unit> taken = ReceiveOwned(paths);
        if (taken.Fault is null)
        {
            IsStandby = false;
            StartReceiving();
        }

        return taken;
    });

    /// <summary>Gives the service away: from now on pv-init tells the new instance of every exit, and takes nothing from this one.</summary>
    public Outcome<Unit> HandOver(Legacy legacy)
    {
        if (legacy.Table.Length > MaxTableBytes)
        {
            return new Fault(FaultKind.ResourceExhausted, $"the table to hand over has {legacy.Table.Length} bytes: at most {MaxTableBytes}");
        }

        using SafeFileHandle table = MemoryFile.Create("pv-exec table", legacy.Table.Span);
        string[] names = [TableName, .. legacy.Descriptors.Select(one => one.Name)];
        SafeHandle[] descriptors = [table, .. legacy.Descriptors.Select(one => one.Handle)];
        int errno;
        lock (_sending)
        {
            AcknowledgeNow();
            errno = _sender.Send(_socket, 0, new HandedOver(names), descriptors);
        }

        return errno == 0 ? Unit.Value : new Fault(FaultKind.Unavailable, $"cannot hand over through pv-init: {Errno.Describe(errno)}");
    }

    private Outcome<Unit> Inherit(TookOver tookOver)
    {
        List<KeptDescriptor> descriptors = TakeDescriptors(tookOver.Names);
        int at = descriptors.FindIndex(one => one.Name == TableName);
        if (at < 0)
        {
            Inherited = new Inheritance(ReadOnlyMemory<byte>.Empty, descriptors, _stored);
            return Unit.Value;
        }

        using var file = (SafeFileHandle)descriptors[at].Handle;
        descriptors.RemoveAt(at);
        byte[] table = new byte[Math.Min(RandomAccess.GetLength(file), MaxTableBytes)];
        for (int filled = 0; filled < table.Length;)
        {
            int count = RandomAccess.Read(file, table.AsSpan(filled), filled);
            if (count == 0)
            {
                return new Fault(FaultKind.Internal, $"the table handed over ends after {filled} of {table.Length} bytes");
            }

            filled += count;
        }

        Inherited = new Inheritance(table, descriptors, _stored) { IsHandedOver = true };
        return Unit.Value;
    }
}
