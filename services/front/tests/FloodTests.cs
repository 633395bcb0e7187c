using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

/// <summary>A client that misbehaves loses its connection; the others do not notice.</summary>
public sealed class FloodTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task Calls_that_are_broken_off_at_once_again_and_again_end_their_connection()
    {
        await using TestFront front = await TestFront.StartAsync(FrontLimits.Default with { ResetBurst = 100, ResetsPerSecond = 1 });
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var flood = RawClient.Connect(front.Address);
        for (int i = 0; i < 110; i++)
        {
            flood.Send((2 * i) + 1, "pvexec.v1.Tasks/Echo", endStream: false);
            flood.SendReset((2 * i) + 1);
        }

        string farewell = await flood.ReadUntilAsync(frame => frame.Type == RawClient.GoAway);

        Assert.True(farewell[8..16] != "00000000", farewell);
        await flood.ClosedAsync();
        await OthersAreServedAsync(front);
    }

    [Fact]
    public async Task A_broken_rule_ends_the_connection_with_the_calls_that_it_has()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var wrong = RawClient.Connect(front.Address);
        wrong.Send(1, "pvexec.v1.Tasks/Echo", endStream: false);
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));

        wrong.SendData(0, [1], endStream: false); // of no stream

        await wrong.ReadUntilAsync(frame => frame.Type == RawClient.GoAway);
        await front.ReachesAsync(connections: 0, calls: 0);
        await exec.Events.CallCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_call_beyond_those_that_a_connection_may_have_is_refused_and_its_connection_goes_on()
    {
        await using TestFront front = await TestFront.StartAsync(FrontLimits.Default with { CallerStreams = 4 });
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var flood = RawClient.Connect(front.Address);
        for (int i = 0; i < 5; i++)
        {
            flood.Send((2 * i) + 1, "pvexec.v1.Tasks/Echo", endStream: false);
        }

        string settings = await flood.ReadUntilAsync(frame => frame is { Type: RawClient.Settings, Flags: 0 });
        Assert.Contains("000300000004", settings, StringComparison.Ordinal);
        Assert.Equal("00000007", await flood.ReadUntilAsync(frame => frame.Type == RawClient.ResetStream && frame.Stream == 9));
        await front.ReachesAsync(connections: 1, calls: 4);
    }

    [Fact]
    public async Task A_header_without_an_end_ends_its_connection()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var flood = RawClient.Connect(front.Address);

        flood.SendEndlessHeader(1, "proto.ExecService/Exec", continuations: 100);

        await flood.ClosedAsync();
        await OthersAreServedAsync(front);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_that_have_to_be_answered_to_a_client_that_does_not_read_end_its_connection(bool pings)
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        using var flood = RawClient.Connect(front.Address);

        await Task.Run(() => flood.SendUntilBroken(pings)).WaitAsync(TimeSpan.FromSeconds(60));

        await OthersAreServedAsync(front);
    }

    private static async Task OthersAreServedAsync(TestFront front)
    {
        Assert.True((await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        await front.ReachesAsync(connections: 1, calls: 0); // the channel's
    }
}
