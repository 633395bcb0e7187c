using PvExec.Bench;
using PvExec.Proto.Init;

TimeSpan idle = TimeSpan.FromSeconds(2);

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 5, quick: 1);
using ProgramSet published = ProgramSet.Published(options), justInTime = ProgramSet.JustInTime(options);

var ours = new Dictionary<string, MemorySample>();
var theirs = new Dictionary<string, MemorySample>();
for (int round = 0; round < rounds; round++)
{
    await MeasureAsync(published, ours);
    await MeasureAsync(justInTime, theirs);
    Results.Progress($"round {round + 1} of {rounds}");
}

foreach ((string name, MemorySample memory) in ours)
{
    Compare(name, memory, theirs[name], memory => memory.Proportional, "PSS");
}

Compare("all five", ours["all five"], theirs["all five"], memory => memory.Resident, "RSS, what is shared counted five times");
Results.Note($"Medians of {rounds} interleaved runs; MB are a million bytes; {idle.TotalSeconds:0} s after one call to each service, with an empty worktree");
Results.Note("pv-init is the same program in both; those compiled just in time share pages of the runtime with the program that measures, which makes their PSS smaller");

static void Compare(string name, MemorySample ours, MemorySample theirs, Func<MemorySample, Sample> value, string kind) =>
    Results.Compare($"{name}: {kind}", value(ours), "compiled just in time", value(theirs), Amount.Megabytes);

async Task MeasureAsync(ProgramSet programs, Dictionary<string, MemorySample> samples)
{
    await using RootProcess root = await RootProcess.StartReadyAsync(programs);
    using (var front = new Front(root.Port))
    {
        await front.CallEachAsync();
    }

    await Task.Delay(idle);
    var sum = new ProcessMemory();
    foreach (ServiceStatus service in root.List()!)
    {
        ProcessMemory memory = ProcessMemory.Of(service.Pid);
        sum += memory;
        Add("pv-" + service.Name, memory);
    }

    Add("all five", sum);

    void Add(string name, ProcessMemory memory)
    {
        if (!samples.TryGetValue(name, out MemorySample? sample))
        {
            samples.Add(name, sample = new MemorySample());
        }

        sample.Add(memory);
    }
}
