using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

public sealed class DeadlineTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ShortDirectory _directory = new();
    private readonly TestClock _clock = new();
    private int _entered;
    private int _undone;

    private string Socket => _directory.Path("s");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_call_whose_deadline_has_passed_is_not_acted_on()
    {
        await using BusServer server = Serve(late: false);
        using PythonPeer peer = await PythonPeer.StartAsync("DEALER", "connect", Socket);

        FaultReply reply = await AskAsync(peer, 7, _clock.GetUtcNow());

        Assert.Equal(FaultKind.DeadlineExceeded, reply.FaultKind);
        Assert.Contains("nothing was done", reply.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _entered);
    }

    [Fact]
    public async Task What_would_be_handed_over_after_the_deadline_is_taken_back_instead()
    {
        await using BusServer server = Serve(late: true);
        using PythonPeer peer = await PythonPeer.StartAsync("DEALER", "connect", Socket);

        FaultReply reply = await AskAsync(peer, 7, _clock.GetUtcNow() + TimeSpan.FromSeconds(1));

        Assert.Equal(FaultKind.DeadlineExceeded, reply.FaultKind);
        Assert.Equal((1, 1), (_entered, _undone));
    }

    [Fact]
    public async Task A_clock_that_is_set_meanwhile_makes_no_call_late()
    {
        await using BusServer server = Serve(late: false, setForward: TimeSpan.FromHours(1));
        await using var client = new BusClient("exec", Socket, BusLimits.Default, Transport, NullLogger<BusClient>.Instance);

        Outcome<ScopesAcquired> answer = await client.CallAsync<RenewScopes, ScopesAcquired>(
            new RenewScopes(5), TimeSpan.FromMinutes(1), WhenDown.Wait, CancellationToken.None).WaitAsync(Long);

        Assert.Equal(5UL, answer.Value.LeaseId);
        Assert.Equal((1, 0), (_entered, _undone));
    }

    [Theory]
    [InlineData(366)]
    [InlineData(10_000_000)]
    public async Task A_time_limit_of_a_year_and_more_is_no_error(int days)
    {
        await using BusServer server = Serve(late: false);
        await using var client = new BusClient("exec", Socket, BusLimits.Default, Transport, NullLogger<BusClient>.Instance);

        Task<Outcome<ScopesAcquired>> call = client.CallAsync<RenewScopes, ScopesAcquired>(new RenewScopes(5), TimeSpan.FromDays(days), WhenDown.Wait, CancellationToken.None);

        Assert.Equal(5UL, (await call.WaitAsync(Long)).Value.LeaseId);
    }

    private UnixTransportOptions Transport => new() { Time = _clock };

    private static async Task<FaultReply> AskAsync(PythonPeer peer, ulong correlation, DateTimeOffset deadline)
    {
        await peer.SendBytesAsync(BusCodec.Encode(new RenewScopes(1), correlation, deadline, null));
        Envelope answer = BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value;
        Assert.Equal(correlation, answer.Correlation);
        return BusCodec.Body<FaultReply>(answer).Value;
    }

    /// <param name="late">Whether the handler takes longer than the caller waits.</param>
    private BusServer Serve(bool late, TimeSpan setForward = default)
    {
        var server = new BusServer("exec", BusLimits.Default, Transport, NullLogger<BusServer>.Instance);
        server.Handle<RenewScopes, ScopesAcquired>((renew, call, _) =>
        {
            _entered++;
            call.OnGivenUp(() => _undone++);
            _clock.SetForward(setForward);
            _clock.Advance(late ? TimeSpan.FromSeconds(2) : TimeSpan.Zero);
            return Task.FromResult<Outcome<ScopesAcquired>>(new ScopesAcquired(renew.LeaseId, default));
        });
        server.Start(Socket);
        return server;
    }
}
