using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Linux.Processes;

namespace PvExec.Init.Children;

/// <summary>Starts processes. The caller keeps the reaper away meanwhile (<see cref="Adapters.Reaper.Gate"/>).</summary>
internal sealed unsafe class Spawner
{
    private readonly NativeStrings _strings = new();

    public SpawnResult Start(SpawnPlan plan)
    {
        IReadOnlyList<byte[]> candidates = PathLookup.Candidates(plan.Arguments[0], plan.Environment);
        _strings.Begin(
            NativeStrings.Size(candidates) + NativeStrings.Size(plan.Arguments) + NativeStrings.Size(plan.Environment)
            + (nuint)(plan.Directory?.Length ?? 0) + 1);
        var targets = new int[plan.Targets.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = plan.Targets[i];
        }

        DescriptorLimit descriptors = plan.Descriptors.GetValueOrDefault();
        var limit = new SpawnLimit { Resource = DescriptorLimit.Resource, Soft = descriptors.Soft, Hard = descriptors.Hard };
        fixed (int* from = plan.Sources, to = targets)
        {
            var request = new SpawnRequest
            {
                Candidates = _strings.Array(candidates),
                Arguments = _strings.Array(plan.Arguments),
                Environment = _strings.Array(plan.Environment),
                Directory = plan.Directory is null ? null : _strings.Text(plan.Directory),
                Sources = from,
                Targets = to,
                Limits = &limit,
                MappingCount = targets.Length,
                LimitCount = plan.Descriptors is null ? 0 : 1,
                Grouping = plan.LeadsSession ? 0 : 1,
                Terminal = -1,
            };
            request.ListenPid = FindListenPid(plan.Environment, request.Environment);
            int pid = Shim.pv_spawn(&request);
            _strings.End();
            return pid > 0 ? new SpawnResult(pid, SpawnStage.None, 0) : new SpawnResult(0, (SpawnStage)request.Stage, request.Error);
        }
    }

    private static byte* FindListenPid(IReadOnlyList<byte[]> environment, byte** copied)
    {
        for (int i = 0; i < environment.Count; i++)
        {
            if (environment[i].AsSpan().SequenceEqual(SpawnPlan.ListenPidPlaceholder))
            {
                return copied[i] + "LISTEN_PID=".Length;
            }
        }

        return null;
    }
}
