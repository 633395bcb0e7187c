using System.Collections.Concurrent;
using System.Diagnostics;

namespace PvExec.Init.Tests.Published;

/// <summary>A pv-init that was started, and the lines it writes.</summary>
internal sealed class RunningInit : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Installation _installation;
    private readonly BlockingCollection<string> _lines = [];
    private readonly List<string> _seen = [];
    private readonly List<StandIn> _standIns = [];

    public RunningInit(Process process, Installation installation)
    {
        _process = process;
        _installation = installation;
        process.ErrorDataReceived += (_, data) => Add(data.Data);
        process.OutputDataReceived += (_, data) => Add(data.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>Of the program started: pv-init itself, or its wrapper.</summary>
    public int Pid => _process.Id;

    public IReadOnlyList<string> Lines => _seen;

    /// <summary>Waits for the next line that holds a text.</summary>
    public string WaitFor(string text)
    {
        while (_lines.TryTake(out string? line, Patience))
        {
            _seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new TimeoutException($"no line with '{text}' came; there were:\n{string.Join('\n', _seen)}");
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public int WaitForExit()
    {
        Assert.True(_process.WaitForExit(Patience), $"it has not ended; there were:\n{string.Join('\n', _seen)}");
        _process.WaitForExit();
        while (_lines.TryTake(out string? line))
        {
            _seen.Add(line);
        }

        return _process.ExitCode;
    }

    public int Stop()
    {
        Signal("TERM");
        return WaitForExit();
    }

    public void Signal(string name) => Run("kill", $"-{name}", InitPid().ToString());

    /// <summary>To the newest instance that waits for orders.</summary>
    public StandIn Connect(string service) => ConnectTo($"test-{service}.sock");

    /// <summary>To one instance, as soon as it waits for orders.</summary>
    public StandIn Connect(string service, int pid)
    {
        string name = $"test-{service}.{pid}.sock";
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_installation.Runtime, name)), Patience), $"{service} (pid {pid}) takes no orders");
        return ConnectTo(name);
    }

    private StandIn ConnectTo(string name)
    {
        var standIn = new StandIn(Path.Combine(_installation.Runtime, name));
        _standIns.Add(standIn);
        return standIn;
    }

    /// <summary>The pid of pv-init as seen from here, also when it is PID 1 elsewhere.</summary>
    public int InitPid()
    {
        foreach (int pid in Descendants(Pid).Prepend(Pid))
        {
            if (Path.GetFileName(File.ResolveLinkTarget($"/proc/{pid}/exe", false)?.FullName) == "pv-init")
            {
                return pid;
            }
        }

        throw new InvalidOperationException("pv-init does not run");
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
    }

    /// <summary>From /proc; deepest last.</summary>
    public static List<int> Descendants(int root)
    {
        var found = new List<int>();
        var parents = Linux.Processes.ProcessStat.ReadAll().ToLookup(stat => stat.Parent);
        void Add(int pid)
        {
            foreach (Linux.Processes.ProcessStat child in parents[pid])
            {
                found.Add(child.Pid);
                Add(child.Pid);
            }
        }

        Add(root);
        return found;
    }

    public void Dispose()
    {
        _standIns.ForEach(one => one.Dispose());
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            _lines.Add(line.TrimEnd('\r'));
        }
    }
}
