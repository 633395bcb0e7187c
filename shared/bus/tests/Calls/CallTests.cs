using System.Diagnostics;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

public sealed class CallTests : IDisposable
{
    private readonly TestService _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task A_call_is_answered()
    {
        await using BusServer server = _service.Serve((renew, _, _) => Task.FromResult<Outcome<ScopesAcquired>>(new ScopesAcquired(renew.LeaseId + 1, TimeSpan.FromSeconds(5))));
        await using BusClient client = _service.Client();
        Outcome<ScopesAcquired> answer = await TestService.RenewAsync(client, 41);
        Assert.Equal(new ScopesAcquired(42, TimeSpan.FromSeconds(5)), answer.Value);
    }

    [Fact]
    public async Task Many_calls_at_a_time_each_get_their_own_answer()
    {
        await using BusServer server = _service.Serve(async (renew, _, _) =>
        {
            await Task.Yield();
            return new ScopesAcquired(renew.LeaseId + 1, default);
        });
        await using BusClient client = _service.Client();
        Outcome<ScopesAcquired>[] answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => TestService.RenewAsync(client, (ulong)i)));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), answers.Select(answer => answer.Value.LeaseId));
    }

    [Fact]
    public async Task A_fault_of_the_handler_arrives_as_it_is()
    {
        await using BusServer server = _service.Serve((_, _, _) => Task.FromResult<Outcome<ScopesAcquired>>(new Fault(FaultKind.NotFound, "no lease 1")));
        await using BusClient client = _service.Client();
        Assert.Equal(new Fault(FaultKind.NotFound, "no lease 1"), (await TestService.RenewAsync(client, 1)).Fault);
    }

    [Fact]
    public async Task A_bug_in_a_handler_is_logged_and_answered_as_internal()
    {
        await using BusServer server = _service.Serve((_, _, _) => throw new InvalidOperationException("a bug"));
        await using BusClient client = _service.Client();
        Assert.Equal(FaultKind.Internal, (await TestService.RenewAsync(client, 1)).Fault?.Kind);
        Assert.Contains("a bug", await _service.Log.LineAsync("failed unexpectedly"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_nobody_handles_is_answered_with_those_that_are()
    {
        await using BusServer server = _service.Serve((_, _, _) => throw new InvalidOperationException());
        await using BusClient client = _service.Client();
        Outcome<Done> answer = await client.CallAsync<ReleaseScopes, Done>(new ReleaseScopes(1), TestService.Long, WhenDown.Wait, CancellationToken.None);
        Assert.Equal(FaultKind.InvalidArgument, answer.Fault?.Kind);
        Assert.Contains("does not answer 'exec.scopes.release'; it answers exec.scopes.renew", answer.Fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stock_peer_with_a_newer_envelope_or_garbage_gets_a_clear_answer_or_none()
    {
        await using BusServer server = _service.Serve((_, _, _) => TestService.Answer(1));
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendAsync("garbage");
        await peer.SendAsync("two", "frames");
        await peer.SendBytesAsync(BusCodec.Encode(new Envelope(2, "exec.scopes.renew", 9, null, null, default)));
        Envelope answer = BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value;
        Assert.Equal(9UL, answer.Correlation);
        FaultReply reply = BusCodec.Body<FaultReply>(answer).Value;
        Assert.Equal(FaultKind.FailedPrecondition, reply.FaultKind);
        Assert.Contains("version 2", reply.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_its_time_a_call_fails_and_the_handler_is_told()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BusServer server = _service.Serve((_, _, ct) => TestService.NeverAsync(ended, ct));
        await using BusClient client = _service.Client();
        Outcome<ScopesAcquired> answer = await client.CallAsync<RenewScopes, ScopesAcquired>(new(1), TimeSpan.FromMilliseconds(100), WhenDown.Wait, CancellationToken.None);
        Assert.Equal(FaultKind.DeadlineExceeded, answer.Fault?.Kind);
        await ended.Task.WaitAsync(TestService.Long);
    }

    [Fact]
    public async Task A_caller_that_gives_up_ends_the_handler_before_the_deadline()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BusServer server = _service.Serve((_, _, ct) =>
        {
            entered.SetResult();
            return TestService.NeverAsync(ended, ct);
        });
        await using BusClient client = _service.Client();
        using var giveUp = new CancellationTokenSource();
        Task<Outcome<ScopesAcquired>> call = client.CallAsync<RenewScopes, ScopesAcquired>(new(1), TimeSpan.FromHours(1), WhenDown.Fail, giveUp.Token);
        await entered.Task.WaitAsync(TestService.Long);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ended.Task.WaitAsync(TestService.Long);
    }

    [Fact]
    public async Task The_peer_of_a_call_is_gone_when_its_connection_ends()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BusServer server = _service.Serve((_, call, _) =>
        {
            call.Peer.Gone.Register(gone.SetResult);
            return TestService.Answer(1);
        });
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendBytesAsync(BusCodec.Encode(new RenewScopes(1), 1, null, null));
        Assert.Single(await peer.ReceiveBytesAsync());
        Assert.False(gone.Task.IsCompleted);
        peer.Kill();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_handler_knows_the_caller_s_deadline_and_goes_on_in_its_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "PvExec.Bus",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        (BusCall Call, ActivityTraceId Trace, ActivitySpanId Parent)? seen = null;
        TimeSpan? timeLeft = null;
        await using BusServer server = _service.Serve((renew, call, _) =>
        {
            seen = (call, Activity.Current!.TraceId, Activity.Current.ParentSpanId);
            timeLeft = call.TimeLeft;
            return TestService.Answer(renew.LeaseId);
        });
        await using BusClient client = _service.Client();
        using Activity caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.Equal(1UL, (await TestService.RenewAsync(client, 1)).Value.LeaseId);
        Assert.Equal((caller.TraceId, caller.SpanId), (seen!.Value.Trace, seen.Value.Parent));
        Assert.Equal(caller.Id, seen.Value.Call.TraceParent);
        Assert.InRange(timeLeft!.Value, TimeSpan.FromSeconds(1), TestService.Long);
    }

    [Fact]
    public async Task A_caller_that_never_reads_its_answers_hurts_only_itself()
    {
        var large = new Fault(FaultKind.NotFound, new string('x', 100_000));
        await using BusServer server = _service.Serve(
            (renew, _, _) => Task.FromResult(renew.LeaseId == 1 ? (Outcome<ScopesAcquired>)large : new ScopesAcquired(renew.LeaseId, default)),
            BusLimits.Default with { QueuedMessages = 10 });
        using PythonPeer deaf = await _service.PeerAsync("RCVHWM=1", "SNDHWM=0");
        await deaf.AskAsync($"burst 2000 {Convert.ToHexString(BusCodec.Encode(new RenewScopes(1), 1, null, null))}");
        await using BusClient client = _service.Client();
        for (ulong i = 2; i < 100; i++)
        {
            Assert.Equal(i, (await TestService.RenewAsync(client, i)).Value.LeaseId);
        }
    }

    [Fact]
    public async Task A_caller_with_too_many_calls_at_a_time_is_told_so_and_others_are_answered()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BusServer server = _service.Serve(
            (renew, _, ct) => renew.LeaseId == 0 ? TestService.NeverAsync(ended, ct) : TestService.Answer(renew.LeaseId),
            BusLimits.Default with { CallsInFlightOfPeer = 1 });
        await using BusClient greedy = _service.Client();
        await using BusClient other = _service.Client();
        Task<Outcome<ScopesAcquired>> never = TestService.RenewAsync(greedy, 0);
        Fault? refused = (await TestService.RenewAsync(greedy, 1)).Fault;
        Assert.Equal(FaultKind.ResourceExhausted, refused?.Kind);
        Assert.Contains("1 calls of this connection", refused!.Detail, StringComparison.Ordinal);
        Assert.Equal(2UL, (await TestService.RenewAsync(other, 2)).Value.LeaseId);
        Assert.False(never.IsCompleted);
    }
}
