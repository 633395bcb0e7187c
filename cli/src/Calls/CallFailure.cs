using System.Net.Sockets;
using Grpc.Core;

namespace PvExec.Cli.Calls;

/// <summary>Turns the status of a call into a line and an exit code.</summary>
internal static class CallFailure
{
    public static Ended Describe(RpcException failure, Target target)
    {
        // The channel connects before the first call and reports what the socket said; a later connection is the handler's.
        Exception? cause = failure.Status.DebugException;
        if (cause is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
        {
            return Ended.System(
                $"{NoAnswer(failure, target)}: none runs there, or it is stopping ('{CommandLine.Program} services' says so): start it with '{CommandLine.Program} daemon', or give its address with -p and -host");
        }

        if (cause is HttpRequestException or IOException)
        {
            return Ended.System($"the line to {target} broke ({Reason(failure)}): see that a pv_exec daemon listens there");
        }

        string detail = Reason(failure);
        return failure.StatusCode switch
        {
            StatusCode.Unavailable when IsStopping(detail) =>
                Ended.System($"{detail}: once it has ended, which '{CommandLine.Program} services' shows, start it again with '{CommandLine.Program} daemon'"),
            StatusCode.Unavailable => Ended.System($"{detail}: try again, or look at '{CommandLine.Program} services'"),
            StatusCode.Unimplemented => Ended.Failed($"{detail}: the daemon at {target} does not know this call; is it older than this program?"),
            _ => Ended.Failed(detail),
        };
    }

    /// <summary>That nothing comes from there at the moment, and why.</summary>
    public static string NoAnswer(RpcException failure, Target target) => $"no daemon answers at {target} ({Reason(failure)})";

    private static string Reason(RpcException failure) => failure.Status switch
    {
        { DebugException: SocketException or HttpRequestException or IOException } => failure.Status.DebugException.GetBaseException().Message.ReplaceLineEndings(" "),
        { Detail: { Length: > 0 } said } => said,
        _ => $"the daemon answered {failure.StatusCode}",
    };

    /// <summary>The services and the front begin so what they say of calls that come, or go on, while everything stops.</summary>
    private static bool IsStopping(string detail) =>
        detail.StartsWith("the system is stopping", StringComparison.Ordinal) || detail.StartsWith("the front is stopping", StringComparison.Ordinal);
}
