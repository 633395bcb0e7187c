using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class StopTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task A_stop_answers_the_call_under_way_and_refuses_one_that_still_comes_on_its_connection()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var client = RawClient.Connect(front.Address);
        client.Send(1, "pvexec.v1.Tasks/Echo", endStream: false);
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Task stopped = front.Server.StopAsync(CancellationToken.None);
        await client.ReadUntilAsync(frame => frame.Type == RawClient.GoAway);
        client.Send(3, "proto.ExecService/Exec", endStream: true);
        string refused = await client.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 3);
        Assert.Contains("stopping", refused, StringComparison.Ordinal);
        Assert.False(stopped.IsCompleted);

        client.SendData(1, [], endStream: true);
        await client.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 1 && frame.IsLast);
        client.Dispose();
        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_client_that_always_has_a_call_is_told_that_no_more_are_taken_and_its_call_is_answered()
    {
        await using TestFront front = await TestFront.StartAsync(FrontLimits.Default with { Linger = TimeSpan.FromMilliseconds(50) });
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var client = RawClient.Connect(front.Address);
        client.Send(1, "pvexec.v1.Tasks/Echo", endStream: false);
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));

        front.Server.AskToClose();
        Assert.StartsWith("7FFFFFFF", await client.ReadUntilAsync(frame => frame.Type == RawClient.GoAway), StringComparison.Ordinal);
        Assert.StartsWith("00000001", await client.ReadUntilAsync(frame => frame.Type == RawClient.GoAway), StringComparison.Ordinal);
        client.Send(3, "pvexec.v1.Tasks/Echo", endStream: true);
        client.SendData(1, [], endStream: true);

        await client.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 1 && frame.IsLast);
        await front.ReachesAsync(connections: 0, calls: 0);
        Assert.Equal(1, exec.Refusals.Calls);
    }

    [Fact]
    public async Task A_stop_waits_for_no_client_that_does_not_close()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        Assert.True((await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        using var silent = RawClient.Connect(front.Address);
        await silent.ReadUntilAsync(frame => frame.Type == RawClient.Settings);

        await front.Server.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_host_that_stops_the_front_twice_at_once_is_done_once()
    {
        await using TestFront front = await TestFront.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => front.Server.StopAsync(CancellationToken.None))))
            .WaitAsync(TimeSpan.FromSeconds(30));

        await front.Server.AskAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
