using System.Net.Sockets;
using Grpc.Core;
using PvExec.Kernel;

namespace PvExec.Cli.Calls;

/// <summary>Whether, and when, a call that broke off is made again.</summary>
internal sealed class Reconnection(TimeProvider clock, TimeSpan patience)
{
    private static readonly Backoff s_pause = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    private DateTimeOffset? _since;
    private int _failures;

    /// <summary>The daemon has answered: patience begins anew.</summary>
    public void Works() => (_since, _failures) = (null, 0);

    /// <summary>Whether the call may succeed when it is made again, and does nothing twice then.</summary>
    /// <param name="failure">How it broke off.</param>
    /// <param name="isAccepted">The daemon has answered before: then everything that is not said of the run itself is a break.</param>
    public static bool IsBreak(RpcException failure, bool isAccepted) => failure.StatusCode switch
    {
        StatusCode.Unavailable => isAccepted || !IsRefused(failure.Status.DebugException),
        StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled => isAccepted || failure.Status.DebugException is HttpRequestException or IOException,
        _ => false,
    };

    /// <returns>False when patience is over.</returns>
    public async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        _since ??= now;
        if (now - _since >= patience)
        {
            return false;
        }

        await Task.Delay(s_pause.After(++_failures), clock, cancellationToken);
        return true;
    }

    /// <summary>Nobody listens there: whoever has just begun should hear that at once.</summary>
    public static bool IsRefused(Exception? cause) =>
        cause is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
