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
            string refused = cause.GetBaseException().Message.ReplaceLineEndings(" ");
            return Ended.System($"no daemon answers at {target} ({refused}): start it with '{CommandLine.Program} daemon', or give its address with -p and -host");
        }

        if (cause is HttpRequestException or IOException)
        {
            string reason = cause.GetBaseException().Message.ReplaceLineEndings(" ");
            return Ended.System($"the line to {target} broke ({reason}): see that a pv_exec daemon listens there");
        }

        string detail = failure.Status.Detail is { Length: > 0 } said ? said : $"the daemon answered {failure.StatusCode}";
        return failure.StatusCode switch
        {
            StatusCode.Unavailable => Ended.System($"{detail}: try again, or look at '{CommandLine.Program} services'"),
            StatusCode.Unimplemented => Ended.Failed($"{detail}: the daemon at {target} does not know this call; is it older than this program?"),
            _ => Ended.Failed(detail),
        };
    }
}
