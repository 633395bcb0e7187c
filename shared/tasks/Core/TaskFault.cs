using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>Something that is wrong with a file of a task: the task is not run before it is put right.</summary>
/// <param name="Kind">NotFound for a missing <c>run</c>, else FailedPrecondition.</param>
/// <param name="File">An absolute path.</param>
/// <param name="Line">From 1, which also stands for a file as a whole.</param>
/// <param name="Detail">What is wrong, and what to do.</param>
public sealed record TaskFault(FaultKind Kind, string File, int Line, string Detail)
{
    /// <summary>As compilers print it: <c>FILE:LINE: what is wrong: what to do</c>.</summary>
    public override string ToString() => $"{File}:{Line}: {Detail}";
}
