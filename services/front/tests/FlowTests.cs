using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class FlowTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(60);

    [Fact]
    public async Task Callers_that_do_not_read_stop_no_other_and_fill_no_more_than_their_windows()
    {
        const int Readers = 64;
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var stalled = RawClient.Connect(front.Address);
        for (int i = 0; i < Readers; i++)
        {
            stalled.Send((2 * i) + 1, "pvexec.v1.Tasks/Flood", endStream: false);
            stalled.SendData((2 * i) + 1, [0, 0, 0, 0, 0], endStream: true);
        }

        var data = new byte[10 * 1024 * 1024];
        for (int i = 0; i < 5; i++)
        {
            ExecResp answer = await new ExecService.ExecServiceClient(front.Channel)
                .ExecAsync(new ExecReq { Data = UnsafeByteOperations.UnsafeWrap(data) }, deadline: Soon);
            Assert.Equal(data.Length, answer.Data.Length);
        }

        // Of each stream: what the service's server holds, the front's window, the caller's, and the sockets' buffers.
        Assert.InRange(exec.Events.Flooded, 1, Readers * 1024 * 1024);
        Assert.Equal(1, exec.ConnectionCount);
    }

    [Fact]
    public async Task Calls_beyond_what_a_service_takes_on_a_connection_go_on_another()
    {
        // Kestrel takes a call that it has refused, and whose body has not come, for one that is there, and breaks off others when those are more than twice as many as it allows.
        const int Streams = 6, Endless = (2 * Streams) - 1;
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await Backend.StartAsync(front.Paths.Grpc(Service.Exec), streams: Streams);
        var client = new ExecService.ExecServiceClient(front.Channel);
        using var leave = new CancellationTokenSource();
        Task[] endless = [.. Enumerable.Range(0, Endless).Select(_ => client.ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, cancellationToken: leave.Token).ResponseAsync)];

        Assert.True((await client.ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        await exec.Events.CallsReachAsync(Endless);

        Assert.InRange(exec.ConnectionCount, 2, 16);
        await leave.CancelAsync();
        foreach (Task call in endless)
        {
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        }
    }

    [Fact]
    public async Task Hundreds_of_calls_at_once_come_whole_over_a_few_connections()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        var client = new ExecService.ExecServiceClient(front.Channel);
        var random = new Random(1);
        Task<bool>[] calls = [.. Enumerable.Range(0, 500).Select(i => CallAsync(client, [.. Enumerable.Repeat((byte)i, random.Next(100_000))]))];

        Assert.All(await Task.WhenAll(calls), Assert.True);
        Assert.InRange(exec.ConnectionCount, 1, 16);
        await front.CallsEndedAsync();
    }

    private static async Task<bool> CallAsync(ExecService.ExecServiceClient client, byte[] data)
    {
        ExecResp answer = await client.ExecAsync(new ExecReq { Data = ByteString.CopyFrom(data) }, deadline: Soon);
        return answer.Data.Span.SequenceEqual(data);
    }
}
