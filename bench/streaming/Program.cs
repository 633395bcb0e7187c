using System.Diagnostics;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Bench;
using PvExec.Bench.Streaming;

const int Many = 10;
const int Bytes = 16_000_000;
const string TaskName = "writes";

BenchOptions options = BenchOptions.Parse(args);
int rounds = options.Size(full: 9, quick: 2), runs = options.Size(full: 10, quick: 2);

using ProgramSet programs = ProgramSet.Published(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
root.WriteTask(TaskName, $"#!/bin/sh\nexec head -c {Bytes} /dev/zero\n");
Front[] fronts = [.. Enumerable.Range(0, Many).Select(_ => new Front(root.Port))];
long missed = 0;
Sample one = new(), several = new(), pipe = new();
await ReadAsync(1);
for (int round = 0; round < rounds; round++)
{
    one.Add(await RepeatAsync(() => ReadAsync(1)));
    several.Add(await RepeatAsync(() => ReadAsync(Many)));
    pipe.Add(await RepeatAsync(async () => (long)await Command.NumberAsync("/bin/sh", "-c", $"{root.ScriptOf(TaskName)} | cat | wc -c")));
    Results.Progress($"round {round + 1} of {rounds}");
}

foreach (Front front in fronts)
{
    front.Dispose();
}

Compare("a task's output to one reader", one);
Compare("a task's output to ten readers, one of which does not read: to each of the others", several);
Results.Note($"Medians of {rounds} interleaved rounds of {runs} runs that write {Bytes / 1_000_000} MB each, from the call to the event that tells the end; the readers are one .NET program, with a connection each, which asked for all of the output to be kept");
Results.Note(missed == 0 ? "No reader missed a byte, but for the one that does not read" : $"Readers missed {Amount.Megabytes(missed)} in all");
return 0;

void Compare(string what, Sample ours) =>
    Results.Compare(what, ours, "`cat` between two pipes", pipe, rate => $"{rate:0} MB/s");

// Megabytes a second that came; a gap is nothing that came.
async Task<double> RepeatAsync(Func<Task<long>> run)
{
    long bytes = 0;
    long began = Stopwatch.GetTimestamp();
    for (int i = 0; i < runs; i++)
    {
        bytes += await run();
    }

    return bytes / Stopwatch.GetElapsedTime(began).TotalMicroseconds;
}

// What came to each reader, on average.
async Task<long> ReadAsync(int readers)
{
    var limits = new OutputLimits { HeadBytes = Bytes, TailBytes = 0 };
    using AsyncServerStreamingCall<RunEvent> first = fronts[0].Tasks.Run(new RunTaskRequest { TaskName = TaskName, Output = limits });
    await first.ResponseStream.MoveNext(CancellationToken.None);
    string run = first.ResponseStream.Current.Accepted.RunId;
    AsyncServerStreamingCall<RunEvent>[] others = [.. fronts[1..readers].Select(front => front.Tasks.Attach(new AttachRequest { RunId = run }))];

    // The last one opens its stream and takes nothing from it.
    AsyncServerStreamingCall<RunEvent>[] reading = readers == 1 ? [first] : [first, .. others[..^1]];
    (long Came, long Missed)[] counts = await Task.WhenAll(reading.Select(call => Task.Run(() => Reader.CountAsync(call.ResponseStream))));
    foreach ((long came, long gap) in counts)
    {
        missed += gap;
        if (came + gap != Bytes)
        {
            throw new InvalidOperationException($"{came} bytes came and {gap} were missed of {Bytes}");
        }
    }

    foreach (AsyncServerStreamingCall<RunEvent> call in others)
    {
        call.Dispose();
    }

    return (long)counts.Average(count => count.Came);
}
