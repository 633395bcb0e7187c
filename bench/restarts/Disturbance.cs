using PvExec.Kernel;

namespace PvExec.Bench.Restarts;

/// <summary>A restart or a kill of one service; times as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> has them.</summary>
/// <param name="Began">Just before it was asked for.</param>
/// <param name="Gone">When the killed process had ended and its sockets were closed; of a restart as <paramref name="Back"/>.</param>
/// <param name="Back">When the new one was ready.</param>
internal sealed record Disturbance(Service Service, bool IsKill, long Began, long Gone, long Back);
