using System.Diagnostics;
using PvExec.Api.V1;
using PvExec.Contract;
using PvExec.Kernel;

namespace PvExec.Bench.Exec;

/// <summary>What runs that wait for a scope take in memory.</summary>
internal static class Waiting
{
    private const string Holder = "holder";
    private const string Waiter = "waiter";

    public static async Task MeasureAsync(RootProcess root, Front front, int runs, int processes)
    {
        root.WriteTask(Holder, "#!/bin/sh\nexec sleep 600\n", writes: "busy");
        root.WriteTask(Waiter, "#!/bin/sh\n:\n", writes: "busy");
        string holder = await SubmitAsync(front, Holder);
        int exec = root.PidOf(Service.Exec);
        long before = ProcessMemory.Of(exec).ProportionalBytes;
        var waiting = new string[runs];
        for (int i = 0; i < runs; i++)
        {
            waiting[i] = await SubmitAsync(front, Waiter);
        }

        double each = (ProcessMemory.Of(exec).ProportionalBytes - before) / (double)runs;
        double other = await OfAProcessAsync(processes);
        Results.Measure(
            $"a run that waits for a scope ({Amount.Count(runs)} of them)", Kilobytes(each),
            $"a process that waits in flock(1) ({Amount.Count(processes)} of them)", Kilobytes(other), Amount.Ratio(each, other));
        foreach (string run in waiting.Append(holder))
        {
            await front.Tasks.CancelAsync(new CancelRequest { RunId = run });
        }
    }

    private static string Kilobytes(double bytes) => $"{bytes / 1000:0.0} kB";

    private static async Task<string> SubmitAsync(Front front, string task)
    {
        using var call = front.Exec.ExecAsync(new ExecReq { TaskName = task });
        await call.ResponseAsync;
        return call.GetTrailers().GetValue("pv-run-id") ?? throw new InvalidOperationException("no trailer names the run");
    }

    private static async Task<double> OfAProcessAsync(int count)
    {
        string file = Path.GetTempFileName();
        string inode = $":{await Command.NumberAsync("stat", "-c", "%i", file)} ";
        using var hold = Process.Start("flock", [file, "sleep", "600"]);
        await LockedAsync(inode, waiters: 0);
        Process[] all = [.. Enumerable.Range(0, count).Select(_ => Process.Start("flock", [file, "true"]))];
        try
        {
            await LockedAsync(inode, count);
            return all.Average(process => ProcessMemory.Of(process.Id).ProportionalBytes);
        }
        finally
        {
            foreach (Process process in all.Append(hold))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                process.Dispose();
            }

            File.Delete(file);
        }
    }

    /// <summary>Completes when somebody holds the lock and so many wait for it: the holder has one line in /proc/locks, and so has whoever sleeps in the queue.</summary>
    private static async Task LockedAsync(string inode, int waiters)
    {
        while ((await File.ReadAllLinesAsync("/proc/locks")).Count(line => line.Contains(inode, StringComparison.Ordinal)) < waiters + 1)
        {
            await Task.Delay(5);
        }
    }
}
