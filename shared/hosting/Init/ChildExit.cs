using PvExec.Kernel;

namespace PvExec.Hosting.Init;

/// <summary>How a child ended, and what it used.</summary>
/// <param name="UserTime">Processor time in user mode, the child and its waited-for descendants.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set.</param>
public sealed record ChildExit(ExitStatus Status, DateTimeOffset Ended, TimeSpan UserTime, TimeSpan SystemTime, long MaxResidentBytes);
