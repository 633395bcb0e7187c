using PvExec.Hosting.Init;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Engine;

/// <summary>A configured name at one moment.</summary>
/// <param name="Living">What runs, or null.</param>
/// <param name="Port">The port that it listens on, or 0.</param>
/// <param name="PortProblem">Why the configured port does not lead to it; else empty.</param>
/// <param name="End">How it ended; null while it runs, and when that is not known.</param>
internal sealed record ProcessView(ProcessPhase Phase, ProcessSpec Spec, Child? Living, int Port, string PortProblem, ProcessEnd? End);
