using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

public sealed class RestartTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ShortDirectory _directory = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_call_to_a_service_that_is_not_there_fails_at_once()
    {
        await using BusClient client = Client();
        Outcome<ScopesAcquired> answer = await CallAsync(client, WhenDown.Fail);
        Assert.Equal(new Fault(FaultKind.Unavailable, "exec is not there to answer 'exec.scopes.renew': try again shortly"), answer.Fault);
    }

    [Fact]
    public async Task A_call_in_flight_fails_at_once_when_the_service_dies()
    {
        await using BusClient client = Client();
        await using (BusServer server = Serve(answers: false))
        {
            Task<Outcome<ScopesAcquired>> call = CallAsync(client, WhenDown.Wait);
            await _entered.Task.WaitAsync(Long);
            Task<Outcome<ScopesAcquired>> other = CallAsync(client, WhenDown.Fail);
            await server.DisposeAsync();
            Assert.Equal(FaultKind.Unavailable, (await other.WaitAsync(Long)).Fault?.Kind);
            Assert.False(call.IsCompleted);
        }
    }

    [Fact]
    public async Task A_call_that_is_safe_to_repeat_is_answered_by_the_service_that_comes_after()
    {
        await using BusClient client = Client();
        Task<Outcome<ScopesAcquired>> call = CallAsync(client, WhenDown.Wait);
        await using (BusServer dying = Serve(answers: false))
        {
            await _entered.Task.WaitAsync(Long);
        }

        await using BusServer next = Serve(answers: true);
        Assert.Equal(7UL, (await call.WaitAsync(Long)).Value.LeaseId);
    }

    [Fact]
    public async Task A_service_that_is_killed_fails_one_call_at_once_and_answers_the_other_when_it_is_back()
    {
        await using BusClient client = Client();
        PythonPeer killed = await PythonPeer.StartAsync("ROUTER", "bind", _directory.Path("s"));
        Task<Outcome<ScopesAcquired>> waits = CallAsync(client, WhenDown.Wait);
        await killed.ReceiveBytesAsync();
        Task<Outcome<ScopesAcquired>> fails = CallAsync(client, WhenDown.Fail);
        await killed.ReceiveBytesAsync();
        killed.Dispose();
        Fault? fault = (await fails.WaitAsync(Long)).Fault;
        Assert.Equal(FaultKind.Unavailable, fault?.Kind);
        Assert.Contains("it may or may not have been done", fault!.Detail, StringComparison.Ordinal);
        using PythonPeer next = await PythonPeer.StartAsync("ROUTER", "bind", _directory.Path("s"));
        byte[][] again = await next.ReceiveBytesAsync();
        Assert.False(waits.IsCompleted);
        await next.SendBytesAsync(again[0], BusCodec.Encode(new ScopesAcquired(8, default), BusCodec.Decode(again[1]).Value.Correlation, null, null));
        Assert.Equal(8UL, (await waits.WaitAsync(Long)).Value.LeaseId);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_calls()
    {
        Task<Outcome<ScopesAcquired>> call;
        await using (BusClient client = Client())
        {
            call = CallAsync(client, WhenDown.Wait);
        }

        Assert.Equal(FaultKind.Cancelled, (await call.WaitAsync(Long)).Fault?.Kind);
    }

    private static Task<Outcome<ScopesAcquired>> CallAsync(BusClient client, WhenDown whenDown) =>
        client.CallAsync<RenewScopes, ScopesAcquired>(new RenewScopes(7), TimeSpan.FromMinutes(1), whenDown, CancellationToken.None);

    private BusServer Serve(bool answers)
    {
        var server = new BusServer("exec", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusServer>.Instance);
        server.Handle<RenewScopes, ScopesAcquired>((renew, _, ct) =>
        {
            _entered.TrySetResult();
            return answers
                ? Task.FromResult<Outcome<ScopesAcquired>>(new ScopesAcquired(renew.LeaseId, default))
                : CallTests.NeverAsync(new TaskCompletionSource(), ct);
        });
        server.Start(_directory.Path("s"));
        return server;
    }

    private BusClient Client() => new("exec", _directory.Path("s"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);
}
