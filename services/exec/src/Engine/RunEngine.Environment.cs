using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Tasks;

namespace PvExec.Exec.Engine;

/// <content>What a run finds in its environment.</content>
public sealed partial class RunEngine
{
    /// <summary>That of a run without variables of its own, as most are.</summary>
    private IReadOnlyList<string>? _plainEnvironment;

    private IReadOnlyList<string> Environment(TaskDefinition task, RunRequest request)
    {
        if (task.Environment.Count == 0 && request.Variables.Count == 0 && request.Interaction?.Terminal is null)
        {
            return _plainEnvironment ??= TaskEnvironment.Of(daemonEnvironment.ForChildren, daemonOptions.MountPoint, [], []);
        }

        IReadOnlyList<string> inherited = request.Interaction?.Terminal is { } terminal
            ? [.. daemonEnvironment.ForChildren, $"TERM={terminal.Type}"]
            : daemonEnvironment.ForChildren;
        return TaskEnvironment.Of(inherited, daemonOptions.MountPoint, task.Environment, request.Variables);
    }
}
