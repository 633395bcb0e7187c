using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>An engine over a directory of tasks and a pv-init that starts nothing.</summary>
internal sealed class EngineFixture : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<FakeProcess> _started = Channel.CreateUnbounded<FakeProcess>();
    private readonly OutputPump _pump = new();
    private readonly InputPump _inputs = new();

    public EngineFixture(ExecOptions? options = null, string? mountPoint = null, TimeProvider? time = null)
    {
        Init.OnSpawn = (child, spec) => _started.Writer.TryWrite(new FakeProcess(child, spec));
        Locks = new ScopeLocks(TimeProvider.System);
        Engine = new RunEngine(
            new LockOrder(Locks),
            Gate,
            new TaskDirectories([Root.Path]),
            new RunStarter(Init, _pump, new RunInputs(_inputs, Store)),
            new WaitingNotes(Store, NullLogger<WaitingNotes>.Instance),
            new DaemonEnvironment(["PATH=/bin", "LANG=C"]),
            new DaemonOptions { MountPoint = mountPoint },
            options ?? new ExecOptions(),
            Exit,
            Observer,
            time ?? TimeProvider.System,
            NullLogger<RunEngine>.Instance);
        Task("free");
        Task("reads", inputs: "src");
        Task("writes", outputs: "src");
        Task("filtered", outputs: "src", log: true);
    }

    public TemporaryDirectory Root { get; } = new();

    public FakeInit Init { get; } = new();

    public FakeStore Store { get; } = new();

    public ScopeLocks Locks { get; }

    public ServiceExit Exit { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public DecisionGate Gate { get; } = new();

    public RunEngine Engine { get; }

    public Run Submit(string task, string input = "", params (string Name, string Value)[] variables) => Try(task, input, variables).Value;

    public Outcome<Run> Try(string task, string input = "", params (string Name, string Value)[] variables) => Engine.Submit(new RunRequest(
        task, [.. variables.Select(variable => new KeyValuePair<string, string>(variable.Name, variable.Value))],
        System.Text.Encoding.UTF8.GetBytes(input), ExecOptions.MaxResultBytes));

    /// <summary>The next process that pv-init is asked to start.</summary>
    public async Task<FakeProcess> StartedAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public bool NothingStarted => _started.Reader.Count == 0;

    public static async Task<Outcome<RunResult>> ResultOf(Run run) => await run.Completion.WaitAsync(Patience);

    /// <summary>What a task has written, up to the first gap.</summary>
    public static string Text(Run run) => System.Text.Encoding.UTF8.GetString(run.Output.Standard.Copy(0, long.MaxValue));

    /// <summary>No output is read any more.</summary>
    public void StopReading() => _pump.Stop();

    /// <summary>Waits until no run is left.</summary>
    public async Task IdleAsync() => Assert.True(await Engine.EndedAsync(Patience, CancellationToken.None));

    public void Dispose()
    {
        while (_started.Reader.TryRead(out FakeProcess? process))
        {
            process.Dispose();
        }

        _pump.Dispose();
        _inputs.Dispose();
        Store.Dispose();
        Root.Dispose();
    }

    private void Task(string name, string inputs = "", string outputs = "", bool log = false)
    {
        TaskFiles.Write(Root, $"{name}/run", "true");
        TaskFiles.Write(Root, $"{name}/input_scopes", inputs, executable: false);
        TaskFiles.Write(Root, $"{name}/output_scopes", outputs, executable: false);
        if (log)
        {
            TaskFiles.Write(Root, $"{name}/log", "cat");
        }
    }
}
