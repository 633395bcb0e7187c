using System.Threading.Channels;
using Grpc.Core;
using PvExec.Exec.Tests.Succession;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>A call with a stream of events, and its caller.</summary>
internal sealed class OpenCall : IServerStreamWriter<V1.RunEvent>
{
    private readonly Channel<V1.RunEvent> _events = Channel.CreateUnbounded<V1.RunEvent>();
    private readonly CancellationTokenSource _caller = new();
    private readonly Task _answer;

    private readonly Task _reading;

    private OpenCall(Func<OpenCall, ServerCallContext, Task> call, Task? reading = null)
    {
        _reading = reading ?? Task.CompletedTask;
        _answer = call(this, new TestCallContext(_caller.Token));
    }

    public WriteOptions? WriteOptions { get; set; }

    /// <param name="reading">No output is taken before that.</param>
    public static OpenCall Run(TasksGrpc service, V1.RunTaskRequest request, Task? reading = null) => new((call, context) => service.Run(request, call, context), reading);

    /// <inheritdoc cref="Run(TasksGrpc, V1.RunTaskRequest, Task)"/>
    public static OpenCall Attach(TasksGrpc service, V1.AttachRequest request, Task? reading = null) => new((call, context) => service.Attach(request, call, context), reading);

    public static OpenCall Run(TasksGrpc service, string task, string token = "", V1.OnDisconnect onDisconnect = V1.OnDisconnect.Unspecified) =>
        Run(service, new V1.RunTaskRequest { TaskName = task, ClientToken = token, OnDisconnect = onDisconnect });

    public async Task<V1.RunEvent> NextAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(SuccessionFixture.Patience);

    /// <summary>Its first event.</summary>
    public async Task<V1.Accepted> AcceptedAsync() => (await NextAsync()).Accepted;

    /// <summary>Its further events to the end.</summary>
    public async Task<List<V1.RunEvent>> RestAsync()
    {
        await _answer.WaitAsync(SuccessionFixture.Patience);
        var events = new List<V1.RunEvent>();
        while (_events.Reader.TryRead(out V1.RunEvent? told))
        {
            events.Add(told);
        }

        return events;
    }

    /// <summary>What is thrown in place of an answer.</summary>
    public Task<T> FailsAsync<T>()
        where T : Exception => Assert.ThrowsAsync<T>(() => _answer.WaitAsync(SuccessionFixture.Patience));

    /// <summary>The caller goes; returns when the service is done with it.</summary>
    public async Task LeaveAsync()
    {
        Go();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _answer.WaitAsync(SuccessionFixture.Patience));
    }

    public void Go() => _caller.Cancel();

    public Task WriteAsync(V1.RunEvent message)
    {
        _events.Writer.TryWrite(message);
        return Task.CompletedTask;
    }

    public async Task WriteAsync(V1.RunEvent message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (message.EventCase == V1.RunEvent.EventOneofCase.Output)
        {
            await _reading.WaitAsync(cancellationToken);
        }

        await WriteAsync(message);
    }
}
