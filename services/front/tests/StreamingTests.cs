using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class StreamingTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task Each_message_of_a_stream_is_passed_on_at_once()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var call = front.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions(deadline: Soon));

        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync($"message {i}");
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal($"message {i}", call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_caller_that_cancels_a_call_cancels_it_in_the_service()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var cancel = new CancellationTokenSource();

        Task call = new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, cancellationToken: cancel.Token).ResponseAsync;
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();

        await exec.Events.CallCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        RpcException cancelled = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_its_stream_in_the_service()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var call = front.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions());
        await call.RequestStream.WriteAsync("one");
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        front.Channel.Dispose();

        await exec.Events.CallCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_callers_deadline_ends_the_call_in_the_service()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);

        // The first call compiles what it comes through: the deadline is to pass in the service, not on the way.
        var client = new ExecService.ExecServiceClient(front.Channel);
        await client.ExecAsync(new ExecReq(), deadline: DateTime.UtcNow.AddSeconds(30));

        RpcException late = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, deadline: DateTime.UtcNow.AddSeconds(2)));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await exec.Events.CallCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
