using PvExec.Bench;
using PvExec.Bench.InitMemory;
using PvExec.Kernel;

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 5, quick: 1), spawns = options.Size(full: 10_000, quick: 1000);

var start = new MemorySample();
var worked = new MemorySample();
var tini = new MemorySample();
var scan = new MemorySample();
var both = new MemorySample();
using ProgramSet programs = StandIn.Programs(options);
for (int round = 0; round < rounds; round++)
{
    await using (RootProcess root = await RootProcess.StartReadyAsync(programs))
    {
        using var exec = new StandIn(root, Service.Exec);
        using var process = new StandIn(root, Service.Process);
        await process.StartAsync("sleep", "infinity");
        start.Add(ProcessMemory.Of(root.Pid));
        await exec.SpawnAsync(spawns, 8, "/bin/true");
        worked.Add(ProcessMemory.Of(root.Pid));
    }

    await using (Supervisor supervisor = await Supervisor.TiniAsync())
    {
        tini.Add(ProcessMemory.Of(supervisor.Pid));
    }

    await using (Supervisor supervisor = await Supervisor.S6Async())
    {
        ProcessMemory all = ProcessMemory.Of(supervisor.Pid);
        scan.Add(all);
        both.Add(supervisor.Between().Select(ProcessMemory.Of).Aggregate(all, (sum, one) => sum + one));
    }

    Results.Progress($"round {round + 1} of {rounds}");
}

Compare("pv-init with four services and a sleeping child", start, "tini with a sleeping child", tini, "≤ 12 MB");
Compare("the same", start, "s6-svscan with a sleeping child", scan, Results.None);
Compare("the same", start, "that and its s6-supervise", both, Results.None);
Compare($"pv-init after {Amount.Count(spawns)} spawns", worked, "pv-init before", start, "≤ 12 MB");
Results.Note($"Medians of {rounds} interleaved runs; MB are a million bytes; stand-ins in place of the four services");

static void Compare(string what, MemorySample ours, string alternative, MemorySample theirs, string target)
{
    Results.Compare(what + ": resident (RSS)", ours.Resident, alternative, theirs.Resident, Amount.Megabytes, target);
    Results.Compare(what + ": its share (PSS)", ours.Proportional, alternative, theirs.Proportional, Amount.Megabytes, target);
}
