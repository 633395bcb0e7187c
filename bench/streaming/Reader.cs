using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Bench.Streaming;

/// <summary>Counts what comes of a run's output.</summary>
internal static class Reader
{
    /// <summary>Reads to the end of the run.</summary>
    /// <returns>The bytes that came, and those that a gap stood for.</returns>
    public static async Task<(long Came, long Missed)> CountAsync(IAsyncStreamReader<RunEvent> events)
    {
        (long came, long missed) = (0, 0);
        await foreach (RunEvent one in events.ReadAllAsync())
        {
            switch (one.EventCase)
            {
                case RunEvent.EventOneofCase.Output:
                    came += one.Output.Data.Length;
                    break;
                case RunEvent.EventOneofCase.Gap:
                    missed += (long)one.Gap.Length;
                    break;
                case RunEvent.EventOneofCase.Exited when one.Exited.OutcomeCase == Exited.OutcomeOneofCase.Code && one.Exited.Code == 0:
                    return (came, missed);
                case RunEvent.EventOneofCase.Exited or RunEvent.EventOneofCase.NotRun:
                    throw new InvalidOperationException($"the task failed: {one}");
                default:
                    break;
            }
        }

        throw new InvalidOperationException("the events ended before the run did");
    }
}
