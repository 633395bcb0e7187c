using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Engine;

/// <summary>What is lost because of all that ended later. The run's output is held till it is.</summary>
/// <param name="Stream">That stream's bytes; null: all that is known of the run.</param>
internal readonly record struct HistoryLoss(LiveRun Run, OutputStream? Stream);
