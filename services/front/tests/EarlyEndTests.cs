using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

/// <summary>A service may end a call while its caller could still send: it is answered, and that is no failure of the service.</summary>
public sealed class EarlyEndTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task A_message_that_is_too_long_gets_the_services_own_answer_each_time()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await Backend.StartAsync(front.Paths.Grpc(Service.Exec), longestMessage: 10 * 1024 * 1024);
        var client = new ExecService.ExecServiceClient(front.Channel);
        var request = new ExecReq { Data = UnsafeByteOperations.UnsafeWrap(new byte[12 * 1024 * 1024]) };
        for (int i = 0; i < 20; i++)
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ExecAsync(request, deadline: Soon));

            Assert.True(refused.StatusCode == StatusCode.ResourceExhausted, $"call {i}: {refused}");
        }

        Assert.True((await client.ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        await front.CallsEndedAsync();
        Assert.Empty(front.Log.Lines);
    }

    [Fact]
    public async Task A_stream_that_its_service_ends_is_no_warning_although_the_caller_could_still_send()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        for (int i = 0; i < 20; i++)
        {
            using var call = front.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions(deadline: Soon));
            await call.RequestStream.WriteAsync(Streams.Last);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

            Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

            Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        }

        await front.CallsEndedAsync();
        Assert.Empty(front.Log.Lines);
    }
}
