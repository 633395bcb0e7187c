using System.Buffers;
using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Children;

/// <summary>
/// Starts processes. The caller is the one who reaps (<see cref="Adapters.Reaper"/>): nobody else takes one that fails here. All that the
/// kernel needs is copied from the packet into memory that is kept for the next start: nothing is allocated.
/// </summary>
/// <param name="servicesCgroup">The descriptor of the cgroup that services are put into; -1: none.</param>
internal sealed unsafe class Spawner(ChildDefaults defaults, int servicesCgroup)
{
    private readonly NativeStrings _memory = new();
    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>Starts a service.</summary>
    public SpawnResult Start(SpawnPlan plan)
    {
        // As if it had been asked for: there is one way to start a process.
        _message.ResetWrittenCount();
        InitPacket.Write(_message, 0, new Spawn("", [], plan.Arguments, plan.Environment, plan.Directory ?? [], plan.LeadsSession ? 0 : 1, plan.Targets, []));
        if (!InitPacket.TryParse(_message.WrittenMemory, out InitPacket packet) || !SpawnView.TryRead(packet, out SpawnView spawn))
        {
            throw new InvalidOperationException("a plan that cannot be written down");
        }

        SpawnResult result = Start(spawn, plan.Sources, new SpawnRequest { Cgroup = servicesCgroup }, limits: default);

        // Where it is does not matter enough to go without the service.
        return result.Stage == SpawnStage.Cgroup ? Start(spawn, plan.Sources, new SpawnRequest { Cgroup = -1 }, limits: default) : result;
    }

    /// <summary>Starts a child of a service.</summary>
    /// <param name="spawn">As <see cref="SpawnRules"/> wants it.</param>
    /// <param name="sources">Descriptors of this process, one for each target.</param>
    /// <param name="id">pv-init's number for it.</param>
    /// <param name="cgroup">The descriptor of the child's cgroup; -1 without.</param>
    public SpawnResult Start(in SpawnView spawn, ReadOnlySpan<int> sources, ulong id, int cgroup)
    {
        Span<SpawnLimit> own = stackalloc SpawnLimit[2];
        int count = 0;
        own[count++] = new SpawnLimit { Resource = DescriptorLimit.Resource, Soft = defaults.Descriptors.Soft, Hard = defaults.Descriptors.Hard };
        if (defaults.Mark is { } mark)
        {
            own[count++] = new SpawnLimit { Resource = DescendantMark.Resource, Soft = mark.Of(id), Hard = ulong.MaxValue };
        }

        return Start(spawn, sources, new SpawnRequest { Cgroup = cgroup, WantsPidFd = spawn.PidFd ? 1 : 0 }, own[..count]);
    }

    private SpawnResult Start(in SpawnView spawn, ReadOnlySpan<int> sources, SpawnRequest request, ReadOnlySpan<SpawnLimit> limits)
    {
        PackedTexts.Enumerator arguments = spawn.Arguments.GetEnumerator();
        _ = arguments.MoveNext();
        ReadOnlySpan<byte> program = arguments.Current;
        ReadOnlySpan<byte> path = PathOf(spawn.Environment);
        var lookup = new PathLookup(path);
        int groups = spawn.Groups?.Count ?? 0;
        _memory.Begin(
            NativeStrings.Size(spawn.Arguments) + NativeStrings.Size(spawn.Environment) + (nuint)spawn.WorkingDirectory.Length + 1
            + NativeStrings.ArraySize(lookup.Count) + (nuint)path.Length + ((nuint)lookup.Count * (nuint)(program.Length + 3))
            + NativeStrings.Size<uint>(groups) + NativeStrings.Size<SpawnLimit>(limits.Length + (spawn.Limits.Count / 3)) + NativeStrings.Size<int>(spawn.Targets.Count));
        request.Candidates = Candidates(program, lookup);
        request.Arguments = _memory.Array(spawn.Arguments);
        request.Environment = _memory.Array(spawn.Environment);
        request.ListenPid = FindListenPid(request.Environment);
        request.Directory = spawn.WorkingDirectory.IsEmpty ? null : _memory.Text(spawn.WorkingDirectory.Span);
        request.Grouping = spawn.Grouping;
        request.Terminal = spawn.Terminal ?? -1;
        request.Targets = _memory.Numbers<int>(spawn.Targets.Count);
        foreach (long target in spawn.Targets)
        {
            request.Targets[request.MappingCount++] = (int)target;
        }

        SetAttributes(ref request, spawn);
        SetGroups(ref request, spawn);
        SetLimits(ref request, spawn, limits);
        fixed (int* from = sources)
        {
            request.Sources = from;
            int pid = Shim.pv_spawn(&request);
            _memory.End();
            return pid > 0 ? new SpawnResult(pid, request.PidFd, SpawnStage.None, 0) : new SpawnResult(0, -1, (SpawnStage)request.Stage, request.Error);
        }
    }

    private byte** Candidates(ReadOnlySpan<byte> program, PathLookup lookup)
    {
        bool isNeeded = PathLookup.IsNeeded(program);
        byte** candidates = _memory.Pointers(isNeeded ? lookup.Count : 1);
        if (!isNeeded)
        {
            candidates[0] = _memory.Text(program);
        }

        for (int i = 0; isNeeded && lookup.MoveNext(); i++)
        {
            candidates[i] = _memory.Part(lookup.Current);
            _memory.Part("/"u8);
            _memory.Text(program);
        }

        return candidates;
    }

    private void SetAttributes(ref SpawnRequest request, in SpawnView spawn)
    {
        int? oomScore = spawn.OomScore ?? defaults.OomScore;
        request.Set =
            (spawn.Umask is null ? SpawnSet.None : SpawnSet.Umask)
            | (spawn.Nice is null ? SpawnSet.None : SpawnSet.Nice)
            | (oomScore is null ? SpawnSet.None : SpawnSet.OomScore)
            | (spawn.Gid is null ? SpawnSet.None : SpawnSet.Gid)
            | (spawn.Uid is null ? SpawnSet.None : SpawnSet.Uid)
            | (spawn.NoNewPrivileges ? SpawnSet.NoNewPrivileges : SpawnSet.None);
        request.Umask = spawn.Umask.GetValueOrDefault();
        request.Nice = spawn.Nice.GetValueOrDefault();
        request.OomScore = oomScore.GetValueOrDefault();
        request.Gid = spawn.Gid.GetValueOrDefault();
        request.Uid = spawn.Uid.GetValueOrDefault();
    }

    private void SetGroups(ref SpawnRequest request, in SpawnView spawn)
    {
        if (spawn.Groups is not { } groups)
        {
            // Another user must not keep root's groups because nobody thought of them.
            request.Set |= spawn.Uid is not null && defaults.IsPrivileged ? SpawnSet.Groups : SpawnSet.None;
            return;
        }

        request.Set |= SpawnSet.Groups;
        request.Groups = _memory.Numbers<uint>(groups.Count);
        foreach (long group in groups)
        {
            request.Groups[request.GroupCount++] = (uint)group;
        }
    }

    /// <summary>pv-init's own first, so that what is asked for counts.</summary>
    private void SetLimits(ref SpawnRequest request, in SpawnView spawn, ReadOnlySpan<SpawnLimit> own)
    {
        request.Limits = _memory.Numbers<SpawnLimit>(own.Length + (spawn.Limits.Count / 3));
        foreach (SpawnLimit limit in own)
        {
            request.Limits[request.LimitCount++] = limit;
        }

        PackedNumbers.Enumerator numbers = spawn.Limits.GetEnumerator();
        while (numbers.MoveNext())
        {
            var limit = new SpawnLimit { Resource = (int)numbers.Current };
            _ = numbers.MoveNext();
            limit.Soft = (ulong)numbers.Current;
            _ = numbers.MoveNext();
            limit.Hard = (ulong)numbers.Current;
            request.Limits[request.LimitCount++] = limit;
        }
    }

    private static ReadOnlySpan<byte> PathOf(in PackedTexts environment)
    {
        foreach (ReadOnlySpan<byte> variable in environment)
        {
            if (variable.StartsWith("PATH="u8))
            {
                return variable[5..];
            }
        }

        return PathLookup.DefaultPath;
    }

    private static byte* FindListenPid(byte** environment)
    {
        ReadOnlySpan<byte> placeholder = SpawnPlan.ListenPidPlaceholder;
        for (; *environment is not null; environment++)
        {
            // The shorter one of two strings differs at its null at the latest.
            int i = 0;
            while (i < placeholder.Length && (*environment)[i] == placeholder[i])
            {
                i++;
            }

            if (i == placeholder.Length && (*environment)[i] == 0)
            {
                return *environment + "LISTEN_PID=".Length;
            }
        }

        return null;
    }
}
