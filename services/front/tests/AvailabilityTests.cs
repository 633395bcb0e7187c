using System.Net.Sockets;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class AvailabilityTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task A_service_that_is_not_there_is_UNAVAILABLE_and_named()
    {
        await using TestFront front = await TestFront.StartAsync();

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.StartsWith("pv-exec is not available: ", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_made_while_its_service_is_down_waits_for_it()
    {
        await using TestFront front = await TestFront.StartAsync();
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(front.Paths.Grpc(Service.Exec)));
        listener.Listen();

        Task<ExecResp> call = new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon).ResponseAsync;
        Assert.True(listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));
        Assert.False(call.IsCompleted);
        await using Backend exec = await Backend.StartAsync(front.Paths.Grpc(Service.Exec), listener);

        Assert.True((await call).Completed);
    }

    [Fact]
    public async Task Calls_for_which_the_backlog_has_no_room_wait_too()
    {
        await using TestFront front = await TestFront.StartAsync();
        string path = front.Paths.Grpc(Service.Exec);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0); // room for one
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await first.ConnectAsync(new UnixDomainSocketEndPoint(path));

        const int Many = 20;
        var client = new ExecService.ExecServiceClient(front.Channel);
        Task<ExecResp>[] calls = [.. Enumerable.Range(0, Many).Select(_ => client.ExecAsync(new ExecReq(), deadline: Soon).ResponseAsync)];
        while ((await front.Server.CountAsync()).Calls < Many)
        {
            Assert.DoesNotContain(calls, call => call.IsCompleted);
        }

        await using Backend exec = await Backend.StartAsync(path, listener);
        Assert.All(await Task.WhenAll(calls), answer => Assert.True(answer.Completed));
        Assert.Empty(front.Log.Lines);
    }

    [Fact]
    public async Task A_call_for_which_no_connection_can_be_made_waits_on_one_that_is_there()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await Backend.StartAsync(front.Paths.Grpc(Service.Exec), streams: 1);
        var client = new ExecService.ExecServiceClient(front.Channel);
        using var leave = new CancellationTokenSource();
        Task endless = client.ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, cancellationToken: leave.Token).ResponseAsync;
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        File.Delete(front.Paths.Grpc(Service.Exec));

        Task<ExecResp> call = client.ExecAsync(new ExecReq(), deadline: Soon).ResponseAsync;
        await front.ReachesAsync(connections: 1, calls: 2);
        Assert.False(call.IsCompleted);
        await leave.CancelAsync();

        Assert.True((await call).Completed);
        await Assert.ThrowsAsync<RpcException>(() => endless);
    }

    [Fact]
    public async Task A_service_that_dies_under_a_call_makes_it_UNAVAILABLE()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        Task call = new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, deadline: Soon).ResponseAsync;
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await exec.KillAsync();

        RpcException broken = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, broken.StatusCode);
        Assert.StartsWith("pv-exec is not available: ", broken.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_dies_under_a_stream_ends_it_as_UNAVAILABLE()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var call = front.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions(deadline: Soon));
        await call.RequestStream.WriteAsync("one");
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        await exec.KillAsync();

        RpcException broken = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(broken.StatusCode == StatusCode.Unavailable, broken.ToString());
        Assert.StartsWith("pv-exec is not available: ", broken.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_call_after_a_restart_succeeds(bool killed)
    {
        await using TestFront front = await TestFront.StartAsync();
        var client = new ExecService.ExecServiceClient(front.Channel);
        Backend exec = await front.StartBackendAsync(Service.Exec);
        for (int i = 0; i < 20; i++)
        {
            Assert.True((await client.ExecAsync(new ExecReq(), deadline: Soon)).Completed);
            if (killed)
            {
                await exec.KillAsync();
            }

            await exec.DisposeAsync();
            exec = await front.StartBackendAsync(Service.Exec);
            Assert.True((await client.ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        }

        await exec.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_service_does_not_touch_the_others()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        await using Backend process = await front.StartBackendAsync(Service.Process);
        await exec.KillAsync();

        GetProcessStateResp state = await new ProcessService.ProcessServiceClient(front.Channel)
            .GetProcessStateAsync(new GetProcessStateReq(), deadline: Soon);

        Assert.Equal(ProcessState.Running, state.ProcessState);
    }
}
