using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Requests that no client of ours makes, on one connection through the front port.</summary>
public sealed class WrongRequestTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const string Call = """
        import grpc, sys
        channel = grpc.insecure_channel('127.0.0.1:50000', options=[('grpc.max_send_message_length', -1)])
        for method in sys.argv[2:]:
            call = channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)
            try:
                call(eval(sys.argv[1]), timeout=30)
                print('OK')
            except grpc.RpcError as error:
                print(error.code().name, error.details())
        """;

    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task A_message_of_more_than_10_MiB_is_RESOURCE_EXHAUSTED_each_time_on_the_same_channel()
    {
        string[] methods = ["/proto.ExecService/Exec", "/proto.ProcessService/ConfigureProcess", "/pvexec.v1.Tasks/Run"];

        ShellResult result = await _daemon.ShellAsync("python3 -c \"$@\"", [Call, "bytes(11 << 20)", .. methods, .. methods, .. methods]);

        string[] expected = [.. methods.Select(method => $"RESOURCE_EXHAUSTED {method}: at most 10485760 bytes (10 MiB) are taken in one message, and this one is larger")];
        Assert.Equal([.. expected, .. expected, .. expected], result.Lines.Select(line => line.Split(": a task is given more input")[0]));
        Assert.Contains("pvexec.v1.Tasks/RunInteractive", result.Lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("pv-front: warning", await _daemon.LogsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_INVALID_ARGUMENT_with_the_method_in_every_service()
    {
        string[] methods = ["/proto.ExecService/Exec", "/pvexec.v1.Tasks/GetRun", "/proto.ProcessService/GetProcessState", "/proto.WorktreeService/Save", "/pvexec.v1.Worktrees/GetStatus"];

        ShellResult result = await _daemon.ShellAsync("python3 -c \"$@\"", [Call, @"b'\xff'", .. methods]);

        Assert.Equal(methods.Select(method => $"INVALID_ARGUMENT {method}"), result.Lines.Select(line => line.Split(':')[0]));
        string log = await _daemon.WaitForLogAsync([.. methods.Select(method => $"warning: {method} got a request that is no message of its own: ")]);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }
}
