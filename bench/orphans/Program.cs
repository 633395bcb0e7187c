using System.Globalization;
using PvExec.Bench;
using PvExec.Kernel;
using PvExec.Linux.Processes;

const int Batch = 500;

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 5, quick: 1), count = options.Size(full: 10_000, quick: 1000), codes = options.Size(full: 1000, quick: 100);
string orphans = options.Arguments[0], answer = Path.GetTempFileName();

using ProgramSet programs = StandIn.Programs(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
using var exec = new StandIn(root, Service.Exec);
using var process = new StandIn(root, Service.Process);

var ours = new Sample();
var theirs = new Sample();
int leftByUs = 0, leftByTini = 0;
for (int round = 0; round < rounds; round++)
{
    await exec.SpawnAsync(1, 1, orphans, $"{count}", $"{Batch}", answer);
    leftByUs += Take(ours);
    await Command.OutputAsync("tini", "-s", "--", orphans, $"{count}", $"{Batch}", answer);
    leftByTini += Take(theirs);
    Results.Progress($"round {round + 1} of {rounds}");
}

// Beside the orphans, and not timed: every exit that somebody asked for still has to be told.
Task<double> storm = exec.SpawnAsync(1, 1, orphans, $"{count}", $"{Batch}", answer);
int told = await process.ExitCodesAsync(codes, 4);
await storm;
leftByUs += Take(new Sample());
int zombies = ProcessStat.ReadAll().Count(stat => stat.Parent == root.Pid && stat.IsZombie);
File.Delete(answer);

string made = Amount.Count(count);
Results.Compare($"reap {made} orphans that end {Batch} at a time", ours, "tini -s", theirs, Amount.Time);
Results.Measure($"orphans left, of {Amount.Count((rounds + 1L) * count)}", $"{leftByUs}", $"tini -s, of {Amount.Count((long)rounds * count)}", $"{leftByTini}", target: "0");
Results.Measure("zombies of pv-init in the end", $"{zombies}", target: "0");
Results.Measure($"exit codes lost, of {Amount.Count(codes)} asked for while orphans were reaped", $"{codes - told}", target: "0");
Results.Note($"Medians of {rounds} interleaved runs; from letting a batch end until its last process is gone from the process table");

int Take(Sample times)
{
    string[] words = File.ReadAllText(answer).Split(' ');
    times.Add(double.Parse(words[0], CultureInfo.InvariantCulture));
    return int.Parse(words[1], CultureInfo.InvariantCulture);
}
