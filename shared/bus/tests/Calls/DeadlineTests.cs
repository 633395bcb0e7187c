using NetMQ.Sockets;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

public sealed class DeadlineTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly TestService _service;
    private int _entered;
    private int _undone;

    public DeadlineTests() => _service = new TestService(_clock);

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_call_whose_caller_waits_no_longer_is_not_acted_on(int seconds)
    {
        await using BusServer server = Serve(late: false);
        using PythonPeer peer = await _service.PeerAsync();

        FaultReply reply = await AskAsync(peer, Call(7, TimeSpan.FromSeconds(seconds)));

        Assert.Equal(FaultKind.DeadlineExceeded, reply.FaultKind);
        Assert.Contains("nothing was done", reply.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _entered);
    }

    [Theory]
    [InlineData(-1, FaultKind.DeadlineExceeded, 0)]
    [InlineData(1, FaultKind.NotFound, 1)]
    public async Task A_deadline_as_callers_of_older_releases_send_it_still_counts(int seconds, FaultKind answer, int entered)
    {
        await using BusServer server = _service.Serve((_, _, _) => Task.FromResult<Outcome<ScopesAcquired>>(Entered()));
        using PythonPeer peer = await _service.PeerAsync();
        DateTimeOffset deadline = _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);

        FaultReply reply = await AskAsync(peer, BusCodec.Encode(new Envelope(1, RenewScopes.Kind, 7, deadline, null, BusCodec.EncodeBody(new RenewScopes(1)))));

        Assert.Equal((answer, entered), (reply.FaultKind, _entered));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public async Task A_clock_that_is_set_while_a_call_is_on_its_way_makes_it_neither_late_nor_longer(int hours)
    {
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendBytesAsync(Call(7, TimeSpan.FromSeconds(1)));
        _clock.SetForward(TimeSpan.FromHours(hours));

        await using BusServer server = Serve(late: true);

        FaultReply reply = BusCodec.Body<FaultReply>(BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value).Value;
        Assert.Equal(FaultKind.DeadlineExceeded, reply.FaultKind);
        Assert.Equal((1, 1), (_entered, _undone));
    }

    [Fact]
    public async Task What_would_be_handed_over_after_the_deadline_is_taken_back_instead()
    {
        await using BusServer server = Serve(late: true);
        using PythonPeer peer = await _service.PeerAsync();

        FaultReply reply = await AskAsync(peer, Call(7, TimeSpan.FromSeconds(1)));

        Assert.Equal(FaultKind.DeadlineExceeded, reply.FaultKind);
        Assert.Equal((1, 1), (_entered, _undone));
    }

    [Fact]
    public async Task A_clock_that_is_set_meanwhile_makes_no_call_late()
    {
        await using BusServer server = Serve(late: false, setForward: TimeSpan.FromHours(1));
        await using BusClient client = _service.Client();

        Outcome<ScopesAcquired> answer = await TestService.RenewAsync(client, 5, timeLimit: TimeSpan.FromMinutes(1)).WaitAsync(TestService.Long);

        Assert.Equal(5UL, answer.Value.LeaseId);
        Assert.Equal((1, 0), (_entered, _undone));
    }

    [Fact]
    public async Task A_call_that_is_sent_again_has_only_the_time_that_is_left()
    {
        await using var first = new TestSocket<RouterSocket>(new RouterSocket(), "bind", _service.Socket);
        await using BusClient client = _service.Client();
        Task<Outcome<ScopesAcquired>> call;
        await using (first)
        {
            call = TestService.RenewAsync(client, 5, timeLimit: TimeSpan.FromSeconds(60));
            Assert.Equal(TimeSpan.FromSeconds(60), BusCodec.Decode((await first.ReceiveBytesAsync())[1]).Value.TimeToLive);
            _clock.Advance(TimeSpan.FromSeconds(20));
        }

        await using var next = new TestSocket<RouterSocket>(new RouterSocket(), "bind", _service.Socket);
        Task<byte[][]> again = next.ReceiveBytesAsync();
        TimeSpan waited = TimeSpan.FromSeconds(20);
        for (; !again.IsCompleted; waited += TimeSpan.FromSeconds(1))
        {
            // The client's back-off is a timer of this clock.
            await Task.WhenAny(again, _clock.TimersAsync(2));
            _clock.Advance(TimeSpan.FromSeconds(again.IsCompleted ? 0 : 1));
        }

        Assert.InRange(BusCodec.Decode((await again)[1]).Value.TimeToLive!.Value, TimeSpan.FromSeconds(60) - waited, TimeSpan.FromSeconds(40));
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_was_given_up_on_its_way_is_not_begun()
    {
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendBytesAsync(Call(7, TimeSpan.FromHours(1)));
        await peer.SendBytesAsync(BusCodec.Encode(CancelCall.Value, 7, null, null));
        await peer.SendBytesAsync(Call(8, TimeSpan.FromHours(1)));

        // What waited for the service comes all at once.
        await using BusServer server = Serve(late: false);

        Assert.Equal(8UL, BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value.Correlation);
        Assert.Equal(1, _entered);
    }

    [Theory]
    [InlineData(366)]
    [InlineData(10_000_000)]
    public async Task A_time_limit_of_a_year_and_more_is_no_error(int days)
    {
        await using BusServer server = Serve(late: false);
        await using BusClient client = _service.Client();

        Task<Outcome<ScopesAcquired>> call = TestService.RenewAsync(client, 5, timeLimit: TimeSpan.FromDays(days));

        Assert.Equal(5UL, (await call.WaitAsync(TestService.Long)).Value.LeaseId);
    }

    private static byte[] Call(ulong correlation, TimeSpan timeToLive) => BusCodec.Encode(new RenewScopes(1), correlation, timeToLive, null);

    private static async Task<FaultReply> AskAsync(PythonPeer peer, byte[] call)
    {
        await peer.SendBytesAsync(call);
        Envelope answer = BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value;
        Assert.Equal(BusCodec.Decode(call).Value.Correlation, answer.Correlation);
        return BusCodec.Body<FaultReply>(answer).Value;
    }

    private Fault Entered()
    {
        _entered++;
        return new Fault(FaultKind.NotFound, "it was done");
    }

    /// <param name="late">Whether the handler takes longer than the caller waits.</param>
    private BusServer Serve(bool late, TimeSpan setForward = default) => _service.Serve((renew, call, _) =>
    {
        _entered++;
        call.OnGivenUp(() => _undone++);
        _clock.SetForward(setForward);
        _clock.Advance(late ? TimeSpan.FromSeconds(2) : TimeSpan.Zero);
        return TestService.Answer(renew.LeaseId);
    });
}
