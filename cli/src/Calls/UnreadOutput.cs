using Grpc.Core;
using PvExec.Linux;

namespace PvExec.Cli.Calls;

/// <summary>What happens when nobody reads standard output any more, as behind <c>| head -1</c>: the command ends without a word.</summary>
internal static class UnreadOutput
{
    /// <summary>128 + SIGPIPE: what a shell reports of a program that wrote to nobody. The runtime ignores the signal itself.</summary>
    public static readonly Ended End = new(141);

    public static bool Is(Exception failure) => failure is SystemCallException { Errno: Errno.EPIPE };

    /// <summary>Why an answer or an output cannot be written, and what to do.</summary>
    public static string Why(IOException failure) => failure is SystemCallException { Errno: Errno.EBADF } closed && closed.Call.StartsWith("write(", StringComparison.Ordinal)
        ? "standard output is closed: where it is not wanted, send it to /dev/null"
        : failure.Message.ReplaceLineEndings(" ");

    /// <summary>Carries out what would go on without a reader.</summary>
    /// <param name="from">Whether there is a reader is looked at when this has completed.</param>
    /// <returns>What the action ended with; <see cref="End"/> when it was ended because of that.</returns>
    public static async Task<Ended> EndsAsync(
        Surroundings surroundings, Task from, Func<CancellationToken, Task<Ended>> action, CancellationToken cancellationToken)
    {
        using var unread = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<Ended> acting = action(unread.Token);
        if (await Task.WhenAny(acting, GoneAsync(surroundings, from)) == acting)
        {
            return await acting;
        }

        await unread.CancelAsync();
        try
        {
            return await acting;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException || Is(e))
        {
            return End;
        }
    }

    private static async Task GoneAsync(Surroundings surroundings, Task from)
    {
        await from;
        await surroundings.OutputUnread();
    }
}
