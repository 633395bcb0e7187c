using System.Net.Sockets;
using Grpc.Core;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

/// <summary>A call of which nothing has reached the instance that was killed is the next one's: it never fails.</summary>
public sealed class KilledServiceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_comes_before_the_front_has_seen_its_service_die_goes_to_the_next_instance(bool comesFirst)
    {
        await using TestFront front = await TestFront.StartAsync();
        using Socket listener = RawService.Listen(front.Paths.Grpc(Service.Exec));
        using var client = RawClient.Connect(front.Address);
        RawService killed = await FirstAnsweredAsync(client, listener);
        using ManualResetEventSlim isHeld = new(), goesOn = new();
        Task holding = front.Server.DoAsync(() =>
        {
            isHeld.Set();
            goesOn.Wait();
        });
        isHeld.Wait();

        if (comesFirst)
        {
            client.SendCall(3, "proto.ExecService/Exec");
            killed.Dispose();
        }
        else
        {
            killed.Dispose();
            client.SendCall(3, "proto.ExecService/Exec");
        }

        goesOn.Set();
        await holding;
        await IsAnsweredAsync(client, front, listener);
    }

    [Fact]
    public async Task A_call_that_meets_the_broken_connection_as_it_is_written_goes_to_the_next_instance()
    {
        await using TestFront front = await TestFront.StartAsync();
        using Socket listener = RawService.Listen(front.Paths.Grpc(Service.Exec));
        using var client = RawClient.Connect(front.Address);
        RawService killed = await FirstAnsweredAsync(client, listener);
        using ManualResetEventSlim isHeld = new(), goesOn = new();
        Task? killing = null;
        Task holding = front.Server.DoAsync(() =>
        {
            isHeld.Set();
            goesOn.Wait();
            killing = front.Server.DoAsync(killed.Dispose); // in the turn that reads the call, before it is written
        });

        isHeld.Wait();
        client.SendCall(3, "proto.ExecService/Exec");
        goesOn.Set();
        await holding;
        await killing!;
        await IsAnsweredAsync(client, front, listener);
    }

    /// <summary>The first call makes the connection, which is idle once it is answered.</summary>
    private static async Task<RawService> FirstAnsweredAsync(RawClient client, Socket listener)
    {
        client.SendCall(1, "proto.ExecService/Exec");
        RawService service = await RawService.AcceptAsync(listener);
        await service.AnswerAsync();
        await client.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 1);
        return service;
    }

    private static async Task IsAnsweredAsync(RawClient client, TestFront front, Socket listener)
    {
        await using Backend next = await Backend.StartAsync(front.Paths.Grpc(Service.Exec), listener);
        await client.ReadUntilAsync(frame => frame.Type == RawClient.Data && frame.Stream == 3);
        string trailers = await client.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 3 && frame.IsLast);
        Assert.Contains("grpc-status: 0", trailers, StringComparison.Ordinal);
        Assert.Empty(front.Log.Lines);
        Assert.Equal(1, next.Refusals.Calls);
    }
}
