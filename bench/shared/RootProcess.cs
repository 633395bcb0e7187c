using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Bench;

/// <summary>A root process with its services, a task that does nothing, and a worktree, in directories of its own.</summary>
public sealed class RootProcess : IAsyncDisposable
{
    /// <summary>The task that does nothing.</summary>
    public const string NoTask = "nothing";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _home;
    private readonly Process _process;
    private readonly Queue<string> _words = []; // what it wrote last; guarded by itself

    private RootProcess(DirectoryInfo home, Process process, int port, long began)
    {
        Began = began;
        _home = home;
        _process = process;
        Port = port;
        Paths = PathsIn(home);
        process.ErrorDataReceived += (_, data) => Keep(data.Data);
        process.OutputDataReceived += (_, data) => Keep(data.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>When it was started, as <see cref="Stopwatch.GetTimestamp"/> has it.</summary>
    public long Began { get; }

    public int Pid => _process.Id;

    public int Port { get; }

    public RuntimePaths Paths { get; }

    /// <summary>The pid of one of its services.</summary>
    public int PidOf(Service service) => List()?.FirstOrDefault(one => one.Name == service.Name())?.Pid
        ?? throw new InvalidOperationException($"pv-init does not say which process {service.Program()} is");

    /// <summary>Adds a task; a task's directory is read with each run.</summary>
    public void WriteTask(string name, string run, string? writes = null)
    {
        DirectoryInfo task = _home.CreateSubdirectory(Path.Combine("tasks", name));
        string file = Path.Combine(task.FullName, "run");
        File.WriteAllText(file, run);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (writes is not null)
        {
            File.WriteAllText(Path.Combine(task.FullName, "output_scopes"), writes);
        }
    }

    /// <summary>Where a task's <c>run</c> is.</summary>
    public string ScriptOf(string task) => Path.Combine(_home.FullName, "tasks", task, "run");

    /// <summary>Starts it and returns at once.</summary>
    public static RootProcess Start(ProgramSet programs)
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("pvb-");
        string task = home.CreateSubdirectory("tasks").CreateSubdirectory(NoTask).FullName;
        File.CreateSymbolicLink(Path.Combine(task, "run"), "/bin/true");
        int port = FreePort();
        string[] words =
        [
            "-p", $"{port}", "-exec-config-root", Path.Combine(home.FullName, "tasks"),
            "-mount-point", home.CreateSubdirectory("tree").FullName, "-worktree", "bench",
            "--store", "file://" + home.CreateSubdirectory("store").FullName,
            "--runtime-dir", PathsIn(home).Root, "--stop-timeout", "5",

            // Stand-ins give no sign of life.
            "--watchdog", "0",
        ];
        var start = new ProcessStartInfo(programs.InitPath, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        long began = Stopwatch.GetTimestamp();
        return new RootProcess(home, Process.Start(start)!, port, began);
    }

    /// <summary>Starts it and waits until every service is ready.</summary>
    public static async Task<RootProcess> StartReadyAsync(ProgramSet programs)
    {
        RootProcess root = Start(programs);
        try
        {
            await root.WaitUntilAsync(services => services.All(service => service.State == "ready"), "every service is ready");
            return root;
        }
        catch
        {
            await root.DisposeAsync();
            throw;
        }
    }

    /// <summary>pv-init itself and its services, as it lists them; null while it does not answer.</summary>
    public IReadOnlyList<ServiceStatus>? List() =>
        InitQuery.ListServices(Paths).TryGet(out List<ServiceStatus>? services, out _) ? services : null;

    /// <summary>Asks pv-init again and again.</summary>
    /// <exception cref="TimeoutException">A minute was not enough, or it has ended.</exception>
    public async Task WaitUntilAsync(Func<IReadOnlyList<ServiceStatus>, bool> holds, string what)
    {
        long began = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (List() is { } services && holds(services))
            {
                return;
            }

            await Task.Delay(5);
        }

        throw new TimeoutException($"waited in vain until {what}; {LastWords()}");
    }

    /// <summary>Ends it in order.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _ = Signals.Kill(_process.Id, Signals.SIGTERM);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"pv-init did not stop; {LastWords()}");
        }
        finally
        {
            _process.Dispose();
        }

        _home.Delete(recursive: true);
    }

    private static RuntimePaths PathsIn(DirectoryInfo home) => new(Path.Combine(home.FullName, "run"));

    /// <summary>One that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        lock (_words)
        {
            _words.Enqueue(line ?? "(end of output)");
            if (_words.Count > 20)
            {
                _words.Dequeue();
            }
        }
    }

    private string LastWords()
    {
        lock (_words)
        {
            return "its last words:\n" + string.Join('\n', _words);
        }
    }
}
