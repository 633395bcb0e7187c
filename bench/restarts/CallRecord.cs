using System.Diagnostics;
using Grpc.Core;

namespace PvExec.Bench.Restarts;

/// <summary>A call that was made.</summary>
/// <param name="Sent">When the caller made it, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
/// <param name="Ended">When the answer or the failure was there.</param>
/// <param name="Detail">What a failure says.</param>
internal readonly record struct CallRecord(CallKind Kind, long Sent, long Ended, StatusCode Status, string Detail)
{
    public bool Failed => Status != StatusCode.OK;

    public double Microseconds => Stopwatch.GetElapsedTime(Sent, Ended).TotalMicroseconds;

    /// <summary>Whether it was under way at some moment of a span of time.</summary>
    public bool Overlaps(long from, long to) => Sent <= to && Ended >= from;
}
