using System.Threading.Channels;
using Google.Protobuf;
using PvExec.Contract;
using PvExec.Exec.Tests.Adapters;
using PvExec.Exec.Tests.Engine;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>Two instances of the service with one pv-init, which starts nothing.</summary>
internal sealed class SuccessionFixture : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _root = new();
    private readonly TemporaryDirectory _runtime = new();
    private readonly Channel<FakeProcess> _started = Channel.CreateUnbounded<FakeProcess>();

    public SuccessionFixture(ExecOptions? options = null, TimeProvider? clock = null)
    {
        foreach ((string task, string reads, string writes) in new[] { ("free", "", ""), ("reads", "src", ""), ("writes", "", "src") })
        {
            AddTask(task, reads, writes);
        }

        TaskFiles.Write(_root, "finished/run", "true");
        TaskFiles.Write(_root, "finished/finish", "#!/bin/sh");
        TaskFiles.Write(_root, "finished/output_scopes", "src", executable: false);
        Init.OnSpawn = (child, spec) => _started.Writer.TryWrite(new FakeProcess(child, spec));
        Kept = KeptChildren.Of(Init);
        Old = new Instance(_root.Path, _runtime.Path, Init, Store, clock, options);
        New = new Instance(_root.Path, _runtime.Path, Init, Store, clock, options);
    }

    /// <summary>The config root.</summary>
    public TemporaryDirectory Root => _root;

    public FakeInit Init { get; } = new();

    public KeptChildren Kept { get; }

    public FakeStore Store { get; } = new();

    public Instance Old { get; }

    public Instance New { get; }

    public ChannelReader<FakeProcess> Started => _started.Reader;

    public async Task<FakeProcess> StartedAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>All of it: freeze, table, children, taking over, serving, telling the calls.</summary>
    public async Task HandOverAsync(Action? whileNobodyDecides = null, Func<Task>? untilItIsTold = null)
    {
        ReadOnlyMemory<byte> table = await Old.HandOverAsync().WaitAsync(Patience);
        whileNobodyDecides?.Invoke();
        await New.TakeOverAsync(Old, Kept.Owned(), table, untilItIsTold).WaitAsync(Patience);
    }

    public static Task<ExecResp> CallAsync(Instance instance, string task, TestCallContext call, bool wait = true) =>
        instance.Exec.Exec(new ExecReq { TaskName = task, WaitForCompletion = wait, Data = ByteString.Empty }, call);

    public void AddTask(string name, string reads = "", string writes = "", bool log = false, int maxConcurrent = 0)
    {
        TaskFiles.Write(_root, $"{name}/run", "true");
        TaskFiles.Write(_root, $"{name}/input_scopes", reads, executable: false);
        TaskFiles.Write(_root, $"{name}/output_scopes", writes, executable: false);
        if (log)
        {
            TaskFiles.Write(_root, $"{name}/log", "cat");
        }

        if (maxConcurrent > 0)
        {
            TaskFiles.Write(_root, $"{name}/max_concurrent", $"{maxConcurrent}", executable: false);
        }
    }

    public void RemoveTask(string name) => Directory.Delete(_root.At(name), recursive: true);

    public async ValueTask DisposeAsync()
    {
        await Old.DisposeAsync();
        await New.DisposeAsync();
        while (_started.Reader.TryRead(out FakeProcess? process))
        {
            process.Dispose();
        }

        Kept.Dispose();
        Store.Dispose();
        _root.Dispose();
        _runtime.Dispose();
    }
}
