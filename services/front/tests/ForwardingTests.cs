using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class ForwardingTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task A_call_reaches_the_service_that_its_path_names()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        await using Backend process = await front.StartBackendAsync(Service.Process);
        await using Backend worktree = await front.StartBackendAsync(Service.Worktree);

        ExecResp executed = await new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { TaskName = "t", Data = ByteString.CopyFromUtf8("in") }, deadline: Soon);
        GetProcessStateResp state = await new ProcessService.ProcessServiceClient(front.Channel)
            .GetProcessStateAsync(new GetProcessStateReq(), deadline: Soon);
        WorktreeStatus status = await new Worktrees.WorktreesClient(front.Channel).GetStatusAsync(new GetStatusRequest(), deadline: Soon);

        Assert.Equal("in", executed.Data.ToStringUtf8());
        Assert.Equal(ProcessState.Running, state.ProcessState);
        Assert.Equal("w1", status.WorktreeId);
    }

    [Fact]
    public async Task Trailers_of_the_service_reach_the_caller()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);

        using AsyncUnaryCall<ExecResp> call = new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon);
        await call;

        Assert.Equal("7", call.GetTrailers().GetValue("pv-exit-code"));
    }

    [Fact]
    public async Task A_status_of_the_service_reaches_the_caller_unchanged()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq { TaskName = "missing" }, deadline: Soon));

        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Equal("no task 'missing' in 50 % of the roots, é", refused.Status.Detail);
    }

    [Fact]
    public async Task The_largest_message_passes_both_ways()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        var data = new byte[10 * 1024 * 1024];
        new Random(1).NextBytes(data);

        ExecResp answer = await new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { Data = ByteString.CopyFrom(data) }, deadline: Soon);

        Assert.True(answer.Data.Span.SequenceEqual(data));
    }

    [Fact]
    public async Task An_unknown_method_of_a_known_service_is_UNIMPLEMENTED()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        var method = new Method<string, string>(MethodType.Unary, "proto.ExecService", "Fly", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await front.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(deadline: Soon), ""));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
    }
}
