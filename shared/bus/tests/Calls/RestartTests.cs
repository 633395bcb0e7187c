using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

public sealed class RestartTests : IDisposable
{
    private readonly TestService _service = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task A_call_to_a_service_that_is_not_there_fails_at_once()
    {
        await using BusClient client = _service.Client();
        Outcome<ScopesAcquired> answer = await CallAsync(client, WhenDown.Fail);
        Assert.Equal(new Fault(FaultKind.Unavailable, "exec is not there to answer 'exec.scopes.renew': try again shortly"), answer.Fault);
    }

    [Fact]
    public async Task A_call_in_flight_fails_at_once_when_the_service_dies()
    {
        await using BusClient client = _service.Client();
        await using (BusServer server = Serve(answers: false))
        {
            Task<Outcome<ScopesAcquired>> call = CallAsync(client, WhenDown.Wait);
            await _entered.Task.WaitAsync(TestService.Long);
            Task<Outcome<ScopesAcquired>> other = CallAsync(client, WhenDown.Fail);
            await server.DisposeAsync();
            Assert.Equal(FaultKind.Unavailable, (await other.WaitAsync(TestService.Long)).Fault?.Kind);
            Assert.False(call.IsCompleted);
        }
    }

    [Fact]
    public async Task A_call_that_is_safe_to_repeat_is_answered_by_the_service_that_comes_after()
    {
        await using BusClient client = _service.Client();
        Task<Outcome<ScopesAcquired>> call = CallAsync(client, WhenDown.Wait);
        await using (BusServer dying = Serve(answers: false))
        {
            await _entered.Task.WaitAsync(TestService.Long);
        }

        await using BusServer next = Serve(answers: true);
        Assert.Equal(7UL, (await call.WaitAsync(TestService.Long)).Value.LeaseId);
    }

    [Fact]
    public async Task A_service_that_is_killed_fails_one_call_at_once_and_answers_the_other_when_it_is_back()
    {
        await using BusClient client = _service.Client();
        PythonPeer killed = await PythonPeer.StartAsync("ROUTER", "bind", _service.Socket);
        Task<Outcome<ScopesAcquired>> waits = CallAsync(client, WhenDown.Wait);
        await killed.ReceiveBytesAsync();
        Task<Outcome<ScopesAcquired>> fails = CallAsync(client, WhenDown.Fail);
        await killed.ReceiveBytesAsync();
        killed.Dispose();
        Fault? fault = (await fails.WaitAsync(TestService.Long)).Fault;
        Assert.Equal(FaultKind.Unavailable, fault?.Kind);
        Assert.Contains("it may or may not have been done", fault!.Detail, StringComparison.Ordinal);
        using PythonPeer next = await PythonPeer.StartAsync("ROUTER", "bind", _service.Socket);
        byte[][] again = await next.ReceiveBytesAsync();
        Assert.False(waits.IsCompleted);
        await next.SendBytesAsync(again[0], BusCodec.Encode(new ScopesAcquired(8, default), BusCodec.Decode(again[1]).Value.Correlation, null, null));
        Assert.Equal(8UL, (await waits.WaitAsync(TestService.Long)).Value.LeaseId);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_calls()
    {
        Task<Outcome<ScopesAcquired>> call;
        await using (BusClient client = _service.Client())
        {
            call = CallAsync(client, WhenDown.Wait);
        }

        Assert.Equal(FaultKind.Cancelled, (await call.WaitAsync(TestService.Long)).Fault?.Kind);
    }

    private static Task<Outcome<ScopesAcquired>> CallAsync(BusClient client, WhenDown whenDown) =>
        TestService.RenewAsync(client, 7, whenDown, TimeSpan.FromMinutes(1));

    private BusServer Serve(bool answers) => _service.Serve((renew, _, ct) =>
    {
        _entered.TrySetResult();
        return answers ? TestService.Answer(renew.LeaseId) : TestService.NeverAsync(new TaskCompletionSource(), ct);
    });
}
