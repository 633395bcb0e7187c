using System.Text;
using PvExec.Init.Adapters;
using PvExec.Kernel;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Children;

/// <summary>
/// A process started for a service, until the service has acknowledged its end. Used again for later ones: who holds it
/// beyond that looks at <see cref="Id"/>.
/// </summary>
internal sealed class ChildRecord
{
    /// <summary>A longer one is not kept for the next child.</summary>
    private const int KeptNotes = 4096;

    /// <summary>Those kept are many and live long; below them there is room for those a child is given, which is started with no other (pv_spawn.c).</summary>
    internal const int LowestKept = 1024;

    /// <summary>Label, state and kept names, as they were in the Spawn message.</summary>
    private byte[] _notes = [];
    private int _labelLength, _stateLength, _namesLength, _nameCount;
    private int[] _kept = [];

    public ChildRecord() => Place = new LinkedListNode<ChildRecord>(this);

    /// <summary>0 while it is nobody's.</summary>
    public ulong Id { get; private set; }

    public int Pid { get; private set; }

    public Service Owner { get; private set; }

    public long StartedMicroseconds { get; private set; }

    /// <summary>Whether it leads a process group.</summary>
    public bool LeadsGroup { get; private set; }

    /// <summary>The cgroup that it was put into; null without, and when it was taken back.</summary>
    public ChildGroup? Group { get; private set; }

    /// <summary>It and all its descendants but those that have left its cgroup have ended.</summary>
    public bool IsTreeGone { get; private set; }

    /// <summary>When its start was noted, by the clock of <see cref="EndedAt"/>.</summary>
    public long StartedAt { get; private set; }

    /// <summary>In the order of the names in the Spawn message.</summary>
    public ReadOnlySpan<int> Kept => _kept.AsSpan(0, _nameCount);

    /// <summary>Null while it runs.</summary>
    public Exited? Exit { get; private set; }

    /// <summary>When its end was noted, in milliseconds of the clock that never jumps.</summary>
    public long EndedAt { get; private set; }

    /// <summary>Its place among those that have ended and are not acknowledged. The registry's.</summary>
    public LinkedListNode<ChildRecord> Place { get; }

    public string Label => Encoding.UTF8.GetString(_notes.AsSpan(0, _labelLength));

    /// <summary>Begins a life.</summary>
    /// <param name="received">Those from <paramref name="mapped"/> on are kept: taken out of it.</param>
    public void Begin(ulong id, int pid, Service owner, long startedMicroseconds, ChildGroup? group, in SpawnView spawn, DescriptorBuffer received, int mapped)
    {
        Id = id;
        Pid = pid;
        Owner = owner;
        StartedMicroseconds = startedMicroseconds;
        StartedAt = Clock.Monotonic;
        Group = group;
        IsTreeGone = false;
        LeadsGroup = spawn.Grouping < 2;
        (_labelLength, _stateLength, _namesLength, _nameCount) = (spawn.Label.Length, spawn.State.Length, spawn.Kept.Elements.Length, spawn.Kept.Count);
        int length = _labelLength + _stateLength + _namesLength;
        if (_notes.Length < length)
        {
            _notes = new byte[length];
        }

        spawn.Label.Span.CopyTo(_notes);
        spawn.State.Span.CopyTo(_notes.AsSpan(_labelLength));
        spawn.Kept.Elements.Span.CopyTo(_notes.AsSpan(_labelLength + _stateLength));
        if (_kept.Length < _nameCount)
        {
            _kept = new int[_nameCount];
        }

        received.Take(mapped, _kept);
        foreach (ref int descriptor in _kept.AsSpan(0, _nameCount))
        {
            descriptor = DescriptorBuffer.Raise(descriptor, LowestKept);
        }
    }

    /// <param name="endedAt">See <see cref="EndedAt"/>.</param>
    public void End(in Exited exit, long endedAt)
    {
        Exit = exit;
        EndedAt = endedAt;
    }

    /// <summary>It has no cgroup any more.</summary>
    /// <param name="isEmpty">Nobody was left in it.</param>
    /// <returns>The one that it had.</returns>
    public ChildGroup? TakeGroup(bool isEmpty)
    {
        ChildGroup? group = Group;
        Group = null;
        IsTreeGone = isEmpty && group is not null;
        return group;
    }

    /// <summary>Closes what it holds and makes it nobody's.</summary>
    public void Clear()
    {
        foreach (int descriptor in Kept)
        {
            DescriptorBuffer.Close(descriptor);
        }

        Id = 0;
        _nameCount = 0;
        Exit = null;
        if (_notes.Length > KeptNotes)
        {
            _notes = [];
        }
    }

    public Owned ToOwned()
    {
        var names = new List<string>(_nameCount);
        foreach (ReadOnlySpan<byte> name in new PackedTexts(_nameCount, _notes.AsMemory(_labelLength + _stateLength, _namesLength)))
        {
            names.Add(Encoding.UTF8.GetString(name));
        }

        return new Owned(Id, Pid, Label, StartedMicroseconds, _notes.AsSpan(_labelLength, _stateLength).ToArray(), names, Exit) { Group = Group?.Number ?? 0 };
    }
}
