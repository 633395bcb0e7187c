using PvExec.Kernel;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>The children of this process that have ended and are still in the process table. A test puts others in their place.</summary>
internal interface IEndedChildren
{
    /// <summary>Waits until some child has ended, and leaves it to be reaped.</summary>
    /// <returns>Its pid, of several the one that was started first; 0 when there is no child at all.</returns>
    int WaitForAny();

    /// <returns>False when it is not there to be taken: another reaped it.</returns>
    bool TryReap(int pid, out ExitStatus status, out ProcessUsage usage);

    /// <summary>Takes the one that was started first, without waiting for one.</summary>
    /// <returns>False when there is none.</returns>
    bool TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage);
}
