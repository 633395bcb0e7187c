using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Processes.Adapters;

/// <summary>
/// Moves a process's output to its log until every writer has closed it. A thread of its own, with a small stack: .NET
/// reads pipes only by blocking. What comes while pv-process is away stays in the pipe, whose read end pv-init keeps.
/// </summary>
internal static class OutputReader
{
    /// <summary>What pv-init keeps the read end as.</summary>
    public const string KeptName = "output";

    private const int StackBytes = 192 * 1024;
    private const int BufferBytes = 64 * 1024;

    /// <returns>Completes at the end of the output.</returns>
    public static Task Start(string process, SafeFileHandle reading, LogFile file, ILogger log)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(process, reading, file, log, ended), StackBytes) { IsBackground = true, Name = "output" };
        thread.Start();
        return ended.Task;
    }

    private static void Run(string process, SafeFileHandle reading, LogFile file, ILogger log, TaskCompletionSource ended)
    {
        bool lost = false;
        try
        {
            using var stream = new FileStream(reading, FileAccess.Read, bufferSize: 0);
            byte[] buffer = new byte[BufferBytes];
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                try
                {
                    file.Append(buffer.AsSpan(0, count));
                    lost = false;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // A full disk must not stop the process on a full pipe: the bytes are lost, and told of once.
                    if (!lost)
                    {
                        ProcessLog.OutputLost(log, e, process);
                    }

                    lost = true;
                }
            }
        }
        catch (IOException e)
        {
            ProcessLog.OutputUnreadable(log, e, process);
        }
        finally
        {
            reading.Dispose();
            file.Dispose();
            ended.SetResult();
        }
    }
}
