using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class RepeatTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 100, 5)]
    [InlineData(12, 100, 5)]
    [InlineData(1, 1_000_000, 0)]
    [InlineData(2, 1_000_000, 500_000)]
    [InlineData(2, 10_000_000, 10_000_000)]
    public async Task A_refused_call_is_repeated_with_its_whole_body(int refusals, int length, int readBeforeRefused)
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = refusals;
        exec.Refusals.ReadBytes = readBeforeRefused;
        var data = new byte[length];
        new Random(1).NextBytes(data);

        ExecResp answer = await new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { Data = ByteString.CopyFrom(data) }, deadline: Soon);

        Assert.Equal(refusals + 1, exec.Refusals.Calls);
        Assert.True(answer.Data.Span.SequenceEqual(data));
    }

    [Fact]
    public async Task A_refused_stream_is_repeated_from_its_first_message()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = 2;
        exec.Refusals.ReadBytes = 5;

        await EchoAsync(front);

        Assert.Equal(3, exec.Refusals.Calls);
    }

    [Fact]
    public async Task Streams_that_are_refused_while_many_of_them_write_arrive_whole()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = 300;
        exec.Refusals.ReadBytes = 300;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => EchoAsync(front)));

        Assert.Equal(332, exec.Refusals.Calls);
    }

    [Fact]
    public async Task A_refused_stream_that_was_too_long_to_be_kept_is_UNAVAILABLE()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = 1;
        exec.Refusals.ReadBytes = 12 * 1024 * 1024;

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { Data = UnsafeByteOperations.UnsafeWrap(new byte[13 * 1024 * 1024]) }, deadline: Soon));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("too long", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_call_for_which_others_left_no_room_to_be_kept_is_UNAVAILABLE_and_says_so()
    {
        await using TestFront front = await TestFront.StartAsync(FrontLimits.Default with { KeptBytes = 0 });
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = 1;
        exec.Refusals.ReadBytes = 5;

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("other calls' bodies", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_a_dying_service_has_begun_is_not_repeated()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        Task call = new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, deadline: Soon).ResponseAsync;
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await exec.KillAsync();
        await using Backend next = await front.StartBackendAsync(Service.Exec);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        Assert.True((await new ExecService.ExecServiceClient(front.Channel).ExecAsync(new ExecReq(), deadline: Soon)).Completed);
        Assert.Equal(1, next.Refusals.Calls);
    }

    [Fact]
    public async Task A_caller_may_leave_while_its_call_is_refused_again_and_again()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        exec.Refusals.Left = int.MaxValue;

        RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq(), deadline: DateTime.UtcNow.AddMilliseconds(300)));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    private static async Task EchoAsync(TestFront front)
    {
        using var call = front.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions(deadline: Soon));
        Task writing = WriteAsync(call.RequestStream);
        var answers = new List<string>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            answers.Add(call.ResponseStream.Current);
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"message {i}"), answers);
    }

    private static async Task WriteAsync(IClientStreamWriter<string> requests)
    {
        for (int i = 0; i < 100; i++)
        {
            await requests.WriteAsync($"message {i}");
        }

        await requests.CompleteAsync();
    }
}
