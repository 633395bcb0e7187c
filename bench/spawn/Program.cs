using PvExec.Bench;
using PvExec.Kernel;

// One after the other, since that shows the whole cost of a start: a message there, the start, the exit told, a message back.
const string Program = "/bin/true";

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 9, quick: 3), count = options.Size(full: 1000, quick: 100);
string bare = options.Arguments[0];

using ProgramSet programs = StandIn.Programs(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
using var exec = new StandIn(root, Service.Exec);
await exec.SpawnAsync(count, 1, Program);

var ours = new Sample();
var withoutCgroup = new Sample();
var theirs = new Sample();
for (int round = 0; round < rounds; round++)
{
    ours.Add(await exec.SpawnAsync(count, 1, Program) / count);
    withoutCgroup.Add(await exec.SpawnWithoutCgroupAsync(count, 1, Program) / count);
    theirs.Add(await Command.NumberAsync(bare, $"{count}", Program) / count);
    Results.Progress($"round {round + 1} of {rounds}");
}

Results.Compare($"start {Program} and learn of its exit", ours, "posix_spawn and waitpid in C", theirs, Amount.Time, "≤ 1.5");
Results.Compare("the same, without a cgroup of its own", withoutCgroup, "posix_spawn and waitpid in C", theirs, Amount.Time, "≤ 1.5");
Results.Note($"Medians of {rounds} interleaved runs of {Amount.Count(count)} starts, one after the other; ours as a service of pv-init sees it");
