using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;
using PvExec.Proto.Bus.Exec;
using PvExec.Testing;

namespace PvExec.Exec.Tests;

/// <summary>Over a real socket.</summary>
public sealed class ExecEventsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScopeLocks _locks = new(TimeProvider.System);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Events_reach_a_subscriber_once_each()
    {
        await using var events = new ExecEvents(NullLogger<BusPublisher>.Instance);
        events.Start(_directory.At("events.sock"));
        await using var subscriber = new BusSubscriber("exec", _directory.At("events.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance);
        EventStream<ScopeHeld> held = subscriber.Subscribe<ScopeHeld>(10);
        EventStream<ScopeFreed> freed = subscriber.Subscribe<ScopeFreed>(10);
        EventStream<TaskEnded> ended = subscriber.Subscribe<TaskEnded>(10);
        EventStream<TaskStarted> started = subscriber.Subscribe<TaskStarted>(10);

        // The subscriptions take a moment to arrive, in their order: what comes of the last one shows that all have.
        using var patience = new CancellationTokenSource(EngineFixture.Patience);
        Run probe = NewRun("probe");
        Task<BusEvent<TaskStarted>> first = started.ReadAsync(patience.Token).AsTask();
        while (!first.IsCompleted)
        {
            events.Started(probe);
            await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(10)));
        }

        Assert.Equal(new TaskStarted("probe", probe.Id.Value), (await first).Message);
        ScopeTicket ticket = _locks.Request(ScopeSet.From(["dep"], ["src"]), "me", "a look");
        Run run = NewRun("build");
        events.Held(ticket);
        events.Ended(run, ExitStatus.Exited(3));
        events.Ended(run, ExitStatus.Signaled(9));
        events.Freed(ticket);

        Assert.Equal(new ScopeHeld("dep", "me", "a look", false), (await held.ReadAsync(patience.Token)).Message);
        Assert.Equal(new ScopeHeld("src", "me", "a look", true), (await held.ReadAsync(patience.Token)).Message);
        Assert.Equal(new TaskEnded("build", run.Id.Value, 3, 0), (await ended.ReadAsync(patience.Token)).Message);
        Assert.Equal(new TaskEnded("build", run.Id.Value, -1, 9), (await ended.ReadAsync(patience.Token)).Message);
        Assert.Equal(new ScopeFreed("dep", "me"), (await freed.ReadAsync(patience.Token)).Message);
        Assert.Equal(new ScopeFreed("src", "me"), (await freed.ReadAsync(patience.Token)).Message);
    }

    [Fact]
    public async Task After_the_hand_over_publishing_does_nothing()
    {
        var events = new ExecEvents(NullLogger<BusPublisher>.Instance);
        events.Start(_directory.At("events.sock"));
        await events.DisposeAsync();

        Assert.Null(Record.Exception(() => events.Freed(_locks.Request(ScopeSet.From([], ["src"]), "me", "a look"))));
    }

    private static Run NewRun(string task)
    {
        StreamWindow window = StreamWindow.Of(100, 100);
        return new Run(RunId.New(DateTimeOffset.UnixEpoch), task, ScopeSet.Empty, DateTimeOffset.UnixEpoch, new RunOutput(window, window));
    }
}
