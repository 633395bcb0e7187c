using PvExec.Front.Tests.Rig;
using PvExec.Linux.Processes;

namespace PvExec.Front.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task A_silent_client_is_asked_whether_it_is_there_and_dropped_if_it_does_not_answer()
    {
        await using TestFront front = await TestFront.StartAsync(
            FrontLimits.Default with { PingDelay = TimeSpan.FromMilliseconds(50), PingTimeout = TimeSpan.FromMilliseconds(50) });
        using var client = RawClient.Connect(front.Address);

        await client.ReadUntilAsync(frame => frame.Type == RawClient.Ping, answersPing: false);

        await client.ClosedAsync();
        Assert.Equal(0, (await front.Server.CountAsync()).Connections);
    }

    [Fact]
    public async Task A_silent_client_that_answers_stays()
    {
        await using TestFront front = await TestFront.StartAsync(
            FrontLimits.Default with { PingDelay = TimeSpan.FromMilliseconds(50), PingTimeout = TimeSpan.FromSeconds(5) });
        using var client = RawClient.Connect(front.Address);
        for (int i = 0; i < 2; i++)
        {
            await client.ReadUntilAsync(frame => frame is { Type: RawClient.Ping, Flags: 0 });
        }

        Assert.Equal(1, (await front.Server.CountAsync()).Connections);
    }

    [Fact]
    public async Task Clients_leave_the_descriptors_that_all_else_needs_and_wait_for_one_another()
    {
        const int Most = 4;
        await using TestFront front = await TestFront.StartAsync(
            FrontLimits.Default with { SpareDescriptors = (int)DescriptorLimit.Current.Soft - Most });
        RawClient[] clients = [.. Enumerable.Range(0, Most + 2).Select(_ => RawClient.Connect(front.Address))];
        foreach (RawClient served in clients[..Most])
        {
            await served.ReadUntilAsync(frame => frame.Type == RawClient.Settings);
        }

        Assert.Equal(Most, (await front.Server.CountAsync()).Connections);
        clients[0].Dispose();
        await clients[Most].ReadUntilAsync(frame => frame.Type == RawClient.Settings);
        clients[1].Dispose();
        await clients[Most + 1].ReadUntilAsync(frame => frame.Type == RawClient.Settings);
        Assert.All(clients, client => client.Dispose());
    }
}
