using Grpc.Core;
using PvExec.Contract;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class HeaderTests
{
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task Metadata_of_any_kind_passes_both_ways()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        var metadata = new Metadata { { "long", new string('a', 20_000) }, { "blob-bin", [0, 0xff, 7] } };
        for (int i = 0; i < 60; i++)
        {
            metadata.Add($"field-{i}", $"{i}");
        }

        using AsyncUnaryCall<ExecResp> call = new ExecService.ExecServiceClient(front.Channel)
            .ExecAsync(new ExecReq { TaskName = ExecBackend.Headers }, metadata, Soon);
        string[] lines = (await call).Data.ToStringUtf8().Split('\n');

        Assert.Contains("long=" + new string('a', 20_000), lines);
        Assert.Contains("blob-bin=AP8H", lines);
        Assert.All(Enumerable.Range(0, 60), i => Assert.Contains($"field-{i}={i}", lines));
        Assert.Contains("te=trailers", lines, StringComparer.OrdinalIgnoreCase);
        Assert.Contains(lines, line => line.StartsWith("User-Agent=grpc-dotnet/", StringComparison.Ordinal));
        Assert.Contains($"Host=127.0.0.1:{front.Address.Port}", lines);
        Assert.Contains(lines, line => line.StartsWith("grpc-timeout=", StringComparison.OrdinalIgnoreCase));
        Assert.Equal([0, 0xff, 7], call.GetTrailers().GetValueBytes("blob-bin"));
        Assert.Equal(new string('x', 20_000), call.GetTrailers().GetValue("long"));
    }

    [Fact]
    public async Task A_long_path_is_named_by_its_beginning()
    {
        await using TestFront front = await TestFront.StartAsync();
        using var raw = RawClient.Connect(front.Address);

        raw.Send(1, "some.Other/" + new string('a', 10_000), endStream: true);
        string refused = await raw.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 1);

        Assert.Contains("'/some.Other/aaa", refused, StringComparison.Ordinal);
        Assert.Contains("(10012 characters)", refused, StringComparison.Ordinal);
        Assert.InRange(refused.Length, 1, 1_000);
    }

    [Fact]
    public async Task A_header_that_the_services_would_break_the_connection_for_is_refused_alone()
    {
        await using TestFront front = await TestFront.StartAsync();
        await using Backend exec = await front.StartBackendAsync(Service.Exec);
        var client = new ExecService.ExecServiceClient(front.Channel);
        Task endless = client.ExecAsync(new ExecReq { TaskName = ExecBackend.Endless }, deadline: Soon).ResponseAsync;
        await exec.Events.CallStarted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        using var raw = RawClient.Connect(front.Address);

        raw.Send(1, "proto.ExecService/Exec", endStream: true, ("a", new string('a', 8_000)), ("b", new string('b', 8_000)));
        Assert.Contains("grpc-status", await raw.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 1 && frame.IsLast), StringComparison.Ordinal);
        raw.SendContinued(3, "proto.ExecService/Exec", ("a", new string('a', 15_000)), ("b", new string('b', 15_000)), ("c", new string('c', 5_000)));
        string refused = await raw.ReadUntilAsync(frame => frame.Type == RawClient.Headers && frame.Stream == 3);

        Assert.Contains("grpc-status: 8", refused, StringComparison.Ordinal);
        Assert.Contains("more than 32768 bytes", refused, StringComparison.Ordinal);
        Assert.False(endless.IsCompleted);
    }
}
