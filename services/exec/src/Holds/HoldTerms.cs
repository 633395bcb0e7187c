using System.Text;
using Google.Protobuf.WellKnownTypes;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Holds;

/// <summary>What a stream asks for.</summary>
/// <param name="WaitLimit">Null: as long as the stream is open.</param>
/// <param name="HoldLimit">Null: as long as the stream is open.</param>
public sealed record HoldTerms(ScopeSet Scopes, string Holder, string Reason, TimeSpan? WaitLimit, TimeSpan? HoldLimit)
{
    public const int MaxHolderBytes = 256;
    public const int MaxReasonBytes = 1024;

    /// <summary>Each costs a step at every decision.</summary>
    public const int MaxScopes = 1024;

    // Less than a timer takes, 49 days.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <summary>The terms, or InvalidArgument for the first thing that is wrong.</summary>
    public static Outcome<HoldTerms> Parse(V1.HoldScopesRequest request)
    {
        int count = request.InputScopes.Count + request.OutputScopes.Count;
        if (count == 0)
        {
            return Wrong("input_scopes and output_scopes are empty: name at least one scope, such as src");
        }

        if (count > MaxScopes)
        {
            return Wrong($"{count} scopes are more than {MaxScopes}: name something further up");
        }

        if (TextProblem("holder", "who asks", request.Holder, MaxHolderBytes) is { } who)
        {
            return who;
        }

        if (TextProblem("reason", "what for", request.Reason, MaxReasonBytes) is { } why)
        {
            return why;
        }

        if (!Limit("wait_limit", request.WaitLimit, TimeSpan.Zero).TryGet(out TimeSpan? wait, out Fault? fault)
            || !Limit("hold_limit", request.HoldLimit, TimeSpan.FromTicks(1)).TryGet(out TimeSpan? hold, out fault))
        {
            return fault;
        }

        return ScopeSet.Parse(request.InputScopes, request.OutputScopes)
            .Then<HoldTerms>(scopes => new HoldTerms(scopes, request.Holder, request.Reason, wait, hold));
    }

    private static Fault? TextProblem(string field, string meaning, string text, int maxBytes) =>
        string.IsNullOrWhiteSpace(text) ? Wrong($"{field} is empty: say {meaning}, it is shown to those who wait")
        : text.Contains('\0') ? Wrong($"{field} {Quoted.Of(text)} holds a NUL byte: take it out")
        : Encoding.UTF8.GetByteCount(text) > maxBytes ? Wrong($"{field} {Quoted.Of(text)} is longer than {maxBytes} bytes: shorten it")
        : null;

    private static Outcome<TimeSpan?> Limit(string field, Duration? limit, TimeSpan least)
    {
        if (limit is null)
        {
            return (TimeSpan?)null;
        }

        // What is no duration of protobuf's (nanoseconds of another sign, or too many) has no time span.
        bool isDuration = limit.Nanos is > -1_000_000_000 and < 1_000_000_000 && Math.Sign(limit.Seconds) * Math.Sign(limit.Nanos) >= 0;
        return isDuration && Math.Abs(limit.Seconds) <= s_longest.TotalSeconds && limit.ToTimeSpan() is var span && span >= least && span <= s_longest
            ? span
            : Wrong($"{field} of {limit.Seconds} s and {limit.Nanos} ns is none: it is at {(least == TimeSpan.Zero ? "least 0" : "least 100 ns")} and at most {s_longest.Days} days; leave it out for as long as the stream is open");
    }

    private static Fault Wrong(string detail) => new(FaultKind.InvalidArgument, detail);
}
