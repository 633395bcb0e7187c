using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;
using PvExec.Linux.Sockets;

namespace PvExec.Front.Tests;

/// <summary>Instances of the front that follow one another on one listening socket, in the order in which the daemon does it.</summary>
public sealed class HandOverTests : IDisposable
{
    private const int Callers = 16;
    private const int Switches = 10;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pv-front-");
    private readonly SafeFileHandle _listener;
    private readonly Uri _address;

    public HandOverTests()
    {
        _listener = ListeningSocket.TryTcp(IPAddress.Loopback, 0, 512, out int port, out _)!;
        _address = new Uri($"http://127.0.0.1:{port}");
    }

    private RuntimePaths Paths => new(_directory.FullName);

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task No_call_fails_while_instances_follow_one_another()
    {
        await using Backend exec = await Backend.StartAsync(Paths.Grpc(Service.Exec));
        FrontServer front = await StartAsync();
        using var channel = GrpcChannel.ForAddress(_address);
        using var enough = new CancellationTokenSource();
        var answered = new int[Callers];
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(channel, caller, answered, enough.Token)))];
        for (int i = 0; i < Switches; i++)
        {
            await EachIsAnsweredAsync(answered, callers);
            front = await FollowAsync(front);
        }

        await EachIsAnsweredAsync(answered, callers);
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        await front.StopAsync(new CancellationToken(canceled: true));
    }

    [Fact]
    public async Task A_stream_goes_on_at_the_instance_that_has_it_until_it_ends()
    {
        await using Backend exec = await Backend.StartAsync(Paths.Grpc(Service.Exec));
        FrontServer old = await StartAsync();
        using var channel = GrpcChannel.ForAddress(_address);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(Streams.Echo, null, new CallOptions());
        await EchoAsync(call, "before");

        await old.UnbindAsync();
        FrontServer next = await StartAsync();
        old.AskToClose();
        Task closed = old.ClosedAsync(CancellationToken.None);
        Assert.True((await new ExecService.ExecServiceClient(channel).ExecAsync(new ExecReq())).Completed);
        await EchoAsync(call, "after");
        Assert.False(closed.IsCompleted);

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        await closed.WaitAsync(TimeSpan.FromSeconds(30));
        await old.StopAsync(CancellationToken.None);
        await next.StopAsync(new CancellationToken(canceled: true));
    }

    private static async Task EchoAsync(AsyncDuplexStreamingCall<string, string> call, string text)
    {
        await call.RequestStream.WriteAsync(text);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(text, call.ResponseStream.Current);
    }

    /// <summary>Each caller goes on to another call as soon as one is answered; the first failure ends it.</summary>
    private static async Task CallAsync(GrpcChannel channel, int caller, int[] answered, CancellationToken enough)
    {
        var client = new ExecService.ExecServiceClient(channel);
        ByteString data = ByteString.CopyFrom([.. Enumerable.Range(0, 1 + (caller * 5000)).Select(i => (byte)(i + caller))]);
        while (!enough.IsCancellationRequested)
        {
            Assert.Equal(data, (await client.ExecAsync(new ExecReq { Data = data }, deadline: DateTime.UtcNow.AddSeconds(30))).Data);
            Interlocked.Increment(ref answered[caller]);
        }
    }

    private static async Task EachIsAnsweredAsync(int[] answered, Task[] callers)
    {
        int[] before = [.. answered];
        while (Enumerable.Range(0, Callers).Any(caller => Volatile.Read(ref answered[caller]) == before[caller]))
        {
            Task? failed = Array.Find(callers, caller => caller.IsFaulted);
            await (failed ?? Task.CompletedTask);
            await Task.Yield();
        }
    }

    private async Task<FrontServer> FollowAsync(FrontServer old)
    {
        await old.UnbindAsync();
        FrontServer next = await StartAsync();
        old.AskToClose();
        await old.ClosedAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        await old.StopAsync(CancellationToken.None);
        old.Dispose();
        return next;
    }

    private async Task<FrontServer> StartAsync()
    {
        SafeFileHandle mine = ListeningSocket.Duplicate(_listener);
        var front = new FrontServer(Paths, TimeProvider.System, FrontLimits.Default, () => mine, NullLogger<FrontServer>.Instance);
        await front.StartAsync(CancellationToken.None);
        return front;
    }
}
