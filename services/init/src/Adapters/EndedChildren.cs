using PvExec.Kernel;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>As the kernel knows them: waitid(2) and wait4(2).</summary>
internal sealed class EndedChildren : IEndedChildren
{
    public int WaitForAny() => Wait.ForAnyEnded();

    public bool TryReap(int pid, out ExitStatus status, out ProcessUsage usage) => Wait.TryReap(pid, out status, out usage);

    public bool TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage) => Wait.TryReapAny(out pid, out status, out usage);
}
