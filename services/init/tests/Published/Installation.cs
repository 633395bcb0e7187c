using System.Diagnostics;

namespace PvExec.Init.Tests.Published;

/// <summary>A directory with the published pv-init, four stand-ins for the services, a task and a runtime directory.</summary>
internal sealed class Installation : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pvi-");

    public Installation()
    {
        string bin = _root.CreateSubdirectory("bin").FullName;
        Init = Path.Combine(bin, "pv-init");
        File.Copy(PublishedInit(), Init);
        foreach (string name in new[] { "front", "exec", "process", "worktree" })
        {
            string program = Path.Combine(bin, "pv-" + name);
            File.Copy(Path.Combine(AppContext.BaseDirectory, "stand-ins", "service.py"), program);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(Path.Combine(_root.CreateSubdirectory("tasks/hello").FullName, "run"), "");
    }

    public string Init { get; }

    public string Root => _root.FullName;

    public string Tasks => Path.Combine(Root, "tasks");

    public string Runtime => Path.Combine(Root, "run");

    /// <summary>What pv-init needs at least.</summary>
    public string[] Arguments => ["--runtime-dir", Runtime, "--exec-config-root", Tasks, "-p", "0"];

    /// <summary>Starts pv-init and waits until it is ready.</summary>
    public RunningInit Start(string[]? more = null, string[]? wrapper = null, params (string Name, string Value)[] environment)
    {
        RunningInit running = Launch([.. Arguments, .. more ?? []], wrapper, environment);
        running.WaitFor("ready on");
        return running;
    }

    /// <summary>Starts pv-init, which need not become ready.</summary>
    public RunningInit Launch(string[] arguments, string[]? wrapper = null, params (string Name, string Value)[] environment) =>
        LaunchWords([.. wrapper ?? [], Init, .. arguments], environment);

    /// <summary>Starts a command that starts pv-init.</summary>
    public RunningInit LaunchWords(string[] words, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new RunningInit(Process.Start(start)!, this);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static string PublishedInit()
    {
        string? directory = Environment.GetEnvironmentVariable("PV_BIN");
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); directory is null && at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "PvExec.sln")))
            {
                directory = Path.Combine(at.FullName, "out", "bin");
            }
        }

        string init = Path.Combine(directory ?? "", "pv-init");
        Assert.True(File.Exists(init), $"'{init}' is missing: run 'make build' first, or set PV_BIN to the directory of the published programs");
        return init;
    }
}
