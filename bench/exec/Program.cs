using PvExec.Bench;
using PvExec.Bench.Exec;

const int Many = 32;

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 9, quick: 2), runs = options.Size(full: 600, quick: 64);
string plain = options.Arguments[0];

using ProgramSet programs = ProgramSet.Published(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
Front[] callers = [.. Enumerable.Range(0, Many).Select(_ => new Front(root.Port))];
foreach (string shell in new[] { "sh", "bash" })
{
    root.WriteTask(shell, $"#!/bin/{shell}\n:\n");
    foreach (int count in new[] { 1, Many })
    {
        Front[] some = callers[..count];
        await Calls.ThroughTheFrontAsync(some, shell, runs, new Figures());
        Figures ours = new(), theirs = new();
        for (int round = 0; round < rounds; round++)
        {
            await Calls.ThroughTheFrontAsync(some, shell, runs, ours);
            await Calls.PlainAsync(plain, count, root.ScriptOf(shell), runs, theirs);
            Results.Progress($"{shell}, callers: {count}, round {round + 1} of {rounds}");
        }

        string who = count == 1 ? "one caller" : $"{count} callers";
        string other = $"posix_spawn with pipes, {who}";
        bool isGoal = shell == "sh";
        Results.Compare($"`{shell}` task, {who}: half of the calls take at most", ours.Median, other, theirs.Median, Amount.Time, isGoal && count == 1 ? "< 1.38" : Results.None);
        Results.Compare($"`{shell}` task, {who}: 99 of 100 calls take at most", ours.Slow, other, theirs.Slow, Amount.Time);
        Results.Compare(
            $"`{shell}` task, {who}: calls a second", ours.Rate, other, theirs.Rate, rate => Amount.Count((long)rate),
            isGoal ? count == 1 ? "> 0.71" : "> 0.94" : Results.None);
    }
}

await Waiting.MeasureAsync(root, callers[0], options.Size(full: 10_000, quick: 1_000), options.Size(full: 200, quick: 20));
foreach (Front caller in callers)
{
    caller.Dispose();
}

Results.Note($"Medians of {rounds} interleaved rounds of {Amount.Count(runs)} calls of a script that does nothing; the callers are one .NET program, with a connection each, and its processor time is in the figures");
Results.Note("Memory is PSS, that of pv-exec before and with the runs that wait; nobody waits for their answers");
return 0;
