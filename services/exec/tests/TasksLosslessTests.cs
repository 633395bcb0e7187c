using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>Run with <c>lossless</c>: whom a run waits for, and for how long.</summary>
public sealed class TasksLosslessTests : IAsyncDisposable
{
    private const int Head = 4096;

    /// <summary>More than is kept, so that it cannot all be written while nobody reads.</summary>
    private static readonly byte[] s_output = Bytes(8 * (int)ReaderPace.TailBytes);

    private readonly SuccessionFixture _fixture = new();

    private TasksGrpc Service => _fixture.Old.Tasks;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_caller_that_reads_late_gets_every_byte_though_another_reader_never_reads()
    {
        var reading = new TaskCompletionSource();
        OpenCall call = OpenCall.Run(Service, Request(), reading.Task);
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        OpenCall stalled = OpenCall.Attach(Service, new V1.AttachRequest { RunId = id, Lossless = false }, new TaskCompletionSource().Task);
        Task written = WriteAsync(process);
        await HeldAsync(id);
        Assert.False(written.IsCompleted);

        reading.SetResult();
        await written;
        List<V1.RunEvent> events = await call.RestAsync();

        Assert.True(s_output.AsSpan().SequenceEqual(OutputOf(events)));
        Assert.DoesNotContain(events, told => told.EventCase == V1.RunEvent.EventOneofCase.Gap);
        await stalled.LeaveAsync();
    }

    [Fact]
    public async Task A_caller_that_does_not_read_is_waited_for_thirty_seconds()
    {
        Task waits = _fixture.Old.Clock.NextTimer;
        OpenCall call = OpenCall.Run(Service, Request(), new TaskCompletionSource().Task);
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        Task written = WriteAsync(process);
        await HeldAsync(id);
        await waits.WaitAsync(SuccessionFixture.Patience);
        ManualClock clock = _fixture.Old.Clock;
        Assert.Equal(1, clock.TimersAt(clock.GetUtcNow() + TimeSpan.FromSeconds(30)));

        clock.Advance(TimeSpan.FromSeconds(30));
        await written;
        Assert.Equal((ulong)s_output.Length, (await EndAsync(id)).Exited.StdoutBytes);
        await call.LeaveAsync();
    }

    [Fact]
    public async Task A_caller_that_goes_is_waited_for_no_longer()
    {
        OpenCall call = OpenCall.Run(Service, Request(), new TaskCompletionSource().Task);
        string id = (await call.AcceptedAsync()).RunId;
        Task written = WriteAsync(await _fixture.StartedAsync());
        await HeldAsync(id);
        await call.LeaveAsync();
        await written;
        Assert.Equal((ulong)s_output.Length, (await EndAsync(id)).Exited.StdoutBytes);
    }

    [Fact]
    public async Task Nobody_can_have_a_run_wait_that_was_not_asked_for_so()
    {
        OpenCall call = OpenCall.Run(Service, "free");
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        OpenCall stalled = OpenCall.Attach(Service, new V1.AttachRequest { RunId = id, Lossless = true }, new TaskCompletionSource().Task);
        await WriteAsync(process);
        await call.RestAsync();
        await stalled.LeaveAsync();
    }

    [Fact]
    public async Task The_end_of_a_run_and_its_locks_do_not_wait_for_the_reader()
    {
        var reading = new TaskCompletionSource();
        OpenCall call = OpenCall.Run(Service, Request("writes"), reading.Task);
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        await Task.Run(() => process.Write(new string('x', Head + (int)ReaderPace.LagBytes)));
        await HeldAsync(id);
        process.Write("the last of it");
        process.Exit();
        OpenCall next = OpenCall.Run(Service, "writes");
        (await _fixture.StartedAsync()).Exit();
        await next.RestAsync();
        Assert.NotNull((await EndAsync(id)).Exited);

        reading.SetResult();
        Assert.Equal(Head + (int)ReaderPace.LagBytes + 14, OutputOf(await call.RestAsync()).Length);
    }

    [Fact]
    public async Task A_caller_is_waited_for_at_the_next_instance_too()
    {
        var reading = new TaskCompletionSource();
        OpenCall call = OpenCall.Run(Service, Request(), reading.Task);
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        Task written = WriteAsync(process);
        await HeldAsync(id);

        await _fixture.HandOverAsync();
        reading.SetResult();
        await written;

        Assert.True(OutputOf(await call.RestAsync()).AsSpan().SequenceEqual(s_output));
    }

    [Fact]
    public async Task A_caller_that_comes_back_after_a_kill_gets_every_byte()
    {
        OpenCall call = OpenCall.Run(Service, Request(), new TaskCompletionSource().Task);
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        Task written = WriteAsync(process);
        await HeldAsync(id);

        // Killed: nobody hands anything over, and the call breaks off.
        await _fixture.Old.HandOverAsync();
        _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
        OpenCall again = OpenCall.Attach(_fixture.New.Tasks, new V1.AttachRequest { RunId = id, Lossless = true });
        await written;

        Assert.True(OutputOf(await again.RestAsync()).AsSpan().SequenceEqual(s_output));
        call.Go();
    }

    [Fact]
    public async Task What_was_sent_and_lay_in_connections_when_these_broke_is_sent_again()
    {
        const int Sent = 12 * 1024 * 1024, Arrived = Sent - (6 * 1024 * 1024);
        byte[] output = Bytes(Sent + (8 * 1024 * 1024));
        OpenCall call = OpenCall.Run(Service, Request());
        string id = (await call.AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        Task written = Task.Run(() => process.Write(output[..Sent]));
        for (int read = 0; read < Sent; read += (await call.NextAsync()).Output?.Data.Length ?? 0)
        {
            continue;
        }

        await written;
        await _fixture.Old.HandOverAsync();
        _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
        OpenCall again = OpenCall.Attach(_fixture.New.Tasks, new V1.AttachRequest { RunId = id, Lossless = true, StdoutOffset = Arrived });
        await Task.Run(() => process.Write(output[Sent..]));
        process.Exit();

        Assert.True(OutputOf(await again.RestAsync()).AsSpan().SequenceEqual(output.AsSpan(Arrived)));
        call.Go();
    }

    private static V1.RunTaskRequest Request(string task = "free") =>
        new() { TaskName = task, Lossless = true, Output = new V1.OutputLimits { HeadBytes = Head, TailBytes = 0 } };

    private static Task WriteAsync(FakeProcess process) => Task.Run(() =>
    {
        process.Write(s_output);
        process.Exit();
    });

    /// <summary>Returns when the run's output is read no further.</summary>
    private async Task HeldAsync(string id)
    {
        Run run = _fixture.Old.Engine.Find(RunId.Parse(id)!.Value)!;
        for (Task changed = run.Changes.Next(); run.Output.Standard.Room > 0; changed = run.Changes.Next())
        {
            await changed.WaitAsync(SuccessionFixture.Patience);
        }
    }

    private async Task<V1.RunEvent> EndAsync(string id) =>
        (await OpenCall.Attach(Service, new V1.AttachRequest { RunId = id, StdoutOffset = (ulong)s_output.Length }).RestAsync())[^1];

    private static byte[] OutputOf(List<V1.RunEvent> events) => [.. events.Where(told => told.Output is not null).SelectMany(told => told.Output.Data)];

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
