using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Tests.Adapters;

/// <summary>What keeps descriptors for a service, in this process.</summary>
internal sealed class FakeStore : IDescriptorStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SafeFileHandle> _kept = [];

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _kept.Keys];
            }
        }
    }

    /// <summary>Set to make every call fail.</summary>
    public Fault? Fault { get; set; }

    /// <summary>Called with the name of each descriptor that is to be kept, also when that fails.</summary>
    public Action<string>? OnPut { get; set; }

    /// <summary>What an instance that starts finds.</summary>
    public Inheritance Inheritance()
    {
        lock (_lock)
        {
            return new Inheritance(ReadOnlyMemory<byte>.Empty, [], [.. _kept.Select(one => new KeptDescriptor(one.Key, Descriptor.Duplicate(one.Value)))]);
        }
    }

    public Outcome<Unit> Put(string name, SafeHandle descriptor)
    {
        OnPut?.Invoke(name);
        if (Fault is { } fault)
        {
            return fault;
        }

        lock (_lock)
        {
            _kept.Add(name, Descriptor.Duplicate(descriptor));
        }

        return Unit.Value;
    }

    public Outcome<Unit> Remove(string name)
    {
        lock (_lock)
        {
            if (_kept.Remove(name, out SafeFileHandle? kept))
            {
                kept.Dispose();
            }
        }

        return Unit.Value;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (SafeFileHandle kept in _kept.Values)
            {
                kept.Dispose();
            }

            _kept.Clear();
        }
    }
}
