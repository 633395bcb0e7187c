using PvExec.Exec.Adapters.Output;
using PvExec.Hosting.Init;

namespace PvExec.Exec.Adapters;

/// <summary>The <c>finish</c> of a run.</summary>
/// <param name="Pipe">What it writes; null when that is not kept any more.</param>
public sealed record FinishProcess(Child Child, PumpedPipe? Pipe);
