using System.Diagnostics;
using System.Globalization;
using PvExec.Contract;

namespace PvExec.Bench.Exec;

/// <summary>One script, run by several callers at a time, each over a connection of its own.</summary>
internal static class Calls
{
    public static async Task ThroughTheFrontAsync(Front[] callers, string task, int runs, Figures figures)
    {
        var took = new double[runs];
        int next = -1;
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < runs;)
            {
                long sent = Stopwatch.GetTimestamp();
                ExecResp answer = await caller.Exec.ExecAsync(new ExecReq { TaskName = task, WaitForCompletion = true });
                took[i] = Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
                if (!answer.Completed)
                {
                    throw new InvalidOperationException($"task '{task}' was not waited for");
                }
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var all = new Sample();
        foreach (double one in took)
        {
            all.Add(one);
        }

        figures.Add(all.Median, all.Percentile(0.99), runs / seconds);
    }

    public static async Task PlainAsync(string program, int callers, string script, int runs, Figures figures)
    {
        string output = await Command.OutputAsync(program, $"{callers}", $"{runs}", script);
        double[] numbers = [.. output.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        figures.Add(numbers[0], numbers[1], numbers[2]);
    }
}
