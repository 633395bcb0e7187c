using PvExec.Linux;
using PvExec.Linux.Files;

namespace PvExec.Cli.Adapters;

/// <summary>Whoever reads standard output, such as head(1).</summary>
internal static class OutputReader
{
    /// <summary>Completes when it has gone; never for a terminal, whose end is a signal (SIGHUP).</summary>
    public static Task GoneAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!LocalTerminal.IsOutput)
        {
            new Thread(() => Wait(gone)) { IsBackground = true, Name = "output reader" }.Start();
        }

        return gone.Task;
    }

    private static void Wait(TaskCompletionSource gone)
    {
        try
        {
            if (LastReader.WaitUntilGone(1))
            {
                gone.SetResult();
            }
        }
        catch (SystemCallException)
        {
            // The next write tells, a little later.
            return;
        }
    }
}
