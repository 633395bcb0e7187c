
namespace PvExec.Cli.Calls;

/// <summary>For what the first signal simply ends.</summary>
internal static class Interruption
{
    /// <summary>Carries it out, or ends with 128 and the signal's number.</summary>
    public static async Task<Ended> UntilAsync(ICallerSignals signals, Func<CancellationToken, Task<Ended>> action)
    {
        using var interrupted = new CancellationTokenSource();
        Task<Ended> acting = Task.Run(() => action(interrupted.Token));
        Task<CallerSignal> signal = FirstAsync(signals, interrupted.Token);
        if (await Task.WhenAny(acting, signal) == acting)
        {
            await interrupted.CancelAsync();
            return await acting;
        }

        await interrupted.CancelAsync();
        return new Ended(128 + (int)await signal);
    }

    private static async Task<CallerSignal> FirstAsync(ICallerSignals signals, CancellationToken cancellationToken)
    {
        while (true)
        {
            CallerSignal signal = await signals.Received.ReadAsync(cancellationToken);
            if (signal != CallerSignal.Resized)
            {
                return signal;
            }
        }
    }
}
