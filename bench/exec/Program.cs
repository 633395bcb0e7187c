using PvExec.Bench;
using PvExec.Bench.Exec;

const int Many = 32;

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 9, quick: 2), runs = options.Size(full: 600, quick: 64);
string plain = options.Arguments[0], calls = options.Arguments[1], server = options.Arguments[2];

using ProgramSet programs = ProgramSet.Published(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
foreach (string shell in new[] { "sh", "bash" })
{
    root.WriteTask(shell, $"#!/bin/{shell}\n:\n");
    string script = root.ScriptOf(shell);
    await using GoServer go = await GoServer.StartAsync(server, script);
    foreach (int count in new[] { 1, Many })
    {
        string who = count == 1 ? "one caller" : $"{count} callers";
        Calls ours = new("", calls, [$"{root.Port}"]);
        Calls fork = new($"fork(2) and execve(2), {who}", plain, ["fork"]);
        Calls spawn = new($"posix_spawn(3), {who}", plain, ["spawn"]);
        Calls inGo = new($"a gRPC server in Go that starts it itself, {who}", calls, [$"{go.Port}"]);
        await new Calls("", calls, [$"{root.Port}"]).MeasureAsync(count, runs, shell);
        for (int round = 0; round < rounds; round++)
        {
            await ours.MeasureAsync(count, runs, shell);
            await fork.MeasureAsync(count, runs, script);
            await spawn.MeasureAsync(count, runs, script);
            await inGo.MeasureAsync(count, runs, shell);
            Results.Progress($"{shell}, callers: {count}, round {round + 1} of {rounds}");
        }

        bool isGoal = shell == "sh";
        foreach (Calls other in new[] { fork, spawn, inGo })
        {
            (string median, string rate) = !isGoal || other == spawn ? (Results.None, Results.None)
                : other == inGo ? ("< 1", "> 1")
                : count == 1 ? ("< 1.38", "> 0.71") : (Results.None, "> 0.94");
            Results.Compare($"`{shell}` task, {who}: half of the calls take at most", ours.Figures.Median, other.Who, other.Figures.Median, Amount.Time, median);
            Results.Compare($"`{shell}` task, {who}: 99 of 100 calls take at most", ours.Figures.Slow, other.Who, other.Figures.Slow, Amount.Time);
            Results.Compare($"`{shell}` task, {who}: calls a second", ours.Figures.Rate, other.Who, other.Figures.Rate, a => Amount.Count((long)a), rate);
        }
    }
}

using (var caller = new Front(root.Port))
{
    await Waiting.MeasureAsync(root, caller, options.Size(full: 10_000, quick: 1_000), options.Size(full: 200, quick: 20));
}

Results.Note($"Medians of {rounds} interleaved rounds of {Amount.Count(runs)} calls of a script that does nothing; the callers are one program in C (nghttp2), with a connection each, and its processor time is in the figures");
Results.Note("fork(2) and posix_spawn(3) are called by a program in C with a thread for each caller and pipes for what the script writes; the server in Go is one process with os/exec, without locks, called in the same way as ours");
Results.Note("Memory is PSS, that of pv-exec before and with the runs that wait; nobody waits for their answers");
return 0;
