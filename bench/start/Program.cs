using System.Diagnostics;
using PvExec.Bench;
using PvExec.Bench.Start;

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 7, quick: 1);
using ProgramSet published = ProgramSet.Published(options), justInTime = ProgramSet.JustInTime(options);

var cold = new Sample();
var warm = new Sample();
var coldJustInTime = new Sample();
var warmJustInTime = new Sample();
await StartAsync(published); // the client's own first call costs more than what is measured
for (int round = 0; round < rounds; round++)
{
    await PageCache.EmptyAsync(published.Directory);
    cold.Add(await StartAsync(published));
    warm.Add(await StartAsync(published));
    await PageCache.EmptyAsync(justInTime.Directory);
    coldJustInTime.Add(await StartAsync(justInTime));
    warmJustInTime.Add(await StartAsync(justInTime));
    Results.Progress($"round {round + 1} of {rounds}");
}

Results.Compare("warm start until the front answers", warm, "daemons compiled just in time", warmJustInTime, Amount.Time);
Results.Compare("cold start until the front answers", cold, "daemons compiled just in time", coldJustInTime, Amount.Time);
Results.Compare("cold start", cold, "warm start", warm, Amount.Time);
Results.Note($"Medians of {rounds} interleaved runs; from starting pv-init, with an empty worktree, to the first answer that pv-process gives through the front");
Results.Note(PageCache.IsDroppable
    ? "Cold: after dropping the page cache (drop_caches), which keeps what the measuring program has mapped: the runtime of those compiled just in time"
    : "Cold: after evicting the programs' own files (posix_fadvise); the page cache may not be dropped here");

static async Task<double> StartAsync(ProgramSet programs)
{
    await using RootProcess root = RootProcess.Start(programs);
    using var front = new Front(root.Port);
    await front.GetStateAsync(CancellationToken.None);
    return Stopwatch.GetElapsedTime(root.Began).TotalMicroseconds;
}
