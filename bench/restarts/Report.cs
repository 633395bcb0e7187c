using System.Diagnostics;
using PvExec.Kernel;

namespace PvExec.Bench.Restarts;

/// <summary>What the calls say about the restarts and the kills.</summary>
internal sealed class Report(IReadOnlyList<CallRecord> calls, Plan plan)
{
    private const double Share = 0.99;

    private readonly CallRecord[] _quiet = [.. calls.Where(call => !call.Failed && plan.Quiet.Any(span => call.Sent >= span.From && call.Ended <= span.To))];
    private readonly List<(CallRecord Call, Disturbance Met)> _failures = [.. calls.Where(call => call.Failed).Select(call => (call, Met(call, plan)))];

    public void Write()
    {
        foreach (Service service in Services.All)
        {
            WriteRestarts(service);
        }

        foreach (Service service in Services.All)
        {
            WriteKills(service);
        }
    }

    /// <summary>The disturbance that a failed call met: the last one that began before it failed; the first, when none had.</summary>
    private static Disturbance Met(CallRecord call, Plan plan) =>
        plan.Disturbances.LastOrDefault(one => one.Began <= call.Ended) ?? plan.Disturbances[0];

    private static Sample Times(IEnumerable<CallRecord> calls)
    {
        var sample = new Sample();
        foreach (CallRecord call in calls)
        {
            sample.Add(call.Microseconds);
        }

        return sample;
    }

    private void WriteRestarts(Service service)
    {
        Disturbance[] restarts = [.. plan.Disturbances.Where(one => !one.IsKill && one.Service == service)];
        string what = $"{restarts.Length} graceful restarts of {service.Name()}";
        if (plan.Refusals.TryGetValue(service, out string? refusal))
        {
            Results.Measure(what, "refused", target: "0 failed");
            Results.Note($"{service.Name()} could not be restarted: {refusal.ReplaceLineEndings(" ")}");
        }

        if (restarts.Length == 0)
        {
            return;
        }

        CallRecord[] met = [.. calls.Where(call => restarts.Any(one => call.Overlaps(one.Began, one.Back)))];
        (CallRecord Call, Disturbance Met)[] failed = [.. _failures.Where(one => restarts.Contains(one.Met))];
        Results.Measure($"{what}: calls failed", $"{Amount.Count(failed.Length)} of {Amount.Count(met.Length)}", target: "0");
        WriteTimes(what, met);
        Explain(what, failed, one => $"{one.Call.Kind.Name} {one.Call.Status}");
    }

    private void WriteKills(Service service)
    {
        Disturbance[] kills = [.. plan.Disturbances.Where(one => one.IsKill && one.Service == service)];
        string what = $"{kills.Length} SIGKILLs of {service.Name()}";
        CallRecord[] met = [.. calls.Where(call => kills.Any(one => call.Overlaps(one.Began, one.Back)))];
        (CallRecord Call, Disturbance Met)[] failed = [.. _failures.Where(one => kills.Contains(one.Met))];
        int allowed = failed.Count(one => FailureClasses.Of(one.Call, one.Met).MayFail());
        Results.Measure($"{what}: calls failed that may not", $"{Amount.Count(failed.Length - allowed)} of {Amount.Count(met.Length)}", target: "0");
        Results.Measure($"{what}: calls failed in flight in it", Amount.Count(allowed));
        WriteTimes(what, met);
        Explain(what, failed, one => $"{one.Call.Kind.Name} {one.Call.Status} {FailureClasses.Of(one.Call, one.Met).Words()}");
    }

    private void WriteTimes(string what, IEnumerable<CallRecord> met)
    {
        Sample disturbed = Times(met.Where(call => !call.Failed)), quiet = Times(_quiet);
        Row($"{what}: 99 % of the calls took at most", disturbed.Percentile(Share), quiet.Percentile(Share));
        Row($"{what}: the longest call", disturbed.Largest, quiet.Largest);

        void Row(string row, double ours, double theirs) =>
            Results.Measure(row, Amount.Time(ours), "undisturbed", Amount.Time(theirs), Amount.Ratio(ours, theirs));
    }

    /// <summary>The kinds of failures for the reader, the words of each for whoever looks for the cause.</summary>
    private static void Explain(string what, IReadOnlyCollection<(CallRecord Call, Disturbance Met)> failed, Func<(CallRecord Call, Disturbance Met), string> describe)
    {
        if (failed.Count == 0)
        {
            return;
        }

        Results.Note($"{what}, what failed: {string.Join(", ", Counted(failed, describe))}");
        foreach (string line in Counted(failed, one => $"{describe(one)}: {one.Call.Detail}"))
        {
            Results.Progress(line);
        }

        if (failed.Where(one => one.Met.IsKill && one.Call.Sent > one.Met.Gone).ToArray() is { Length: > 0 } late)
        {
            double latest = late.Max(one => Stopwatch.GetElapsedTime(one.Met.Gone, one.Call.Sent).TotalMicroseconds);
            Results.Note($"{what}: the last call that failed was sent {Amount.Time(latest)} after its end");
        }
    }

    private static IEnumerable<string> Counted<T>(IEnumerable<T> all, Func<T, string> describe) =>
        all.GroupBy(describe).OrderByDescending(group => group.Count()).Select(group => $"{Amount.Count(group.Count())} × {group.Key}");
}
