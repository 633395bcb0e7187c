using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Events;
using PvExec.Linux.Files;

namespace PvExec.Processes.Adapters;

/// <summary>
/// Moves a process's output to its log until every writer has closed it, or until it is told to stop: then what it has not
/// moved is in the pipe, whose read end pv-init keeps. A thread of its own, with a small stack: splice(2) blocks on the file.
/// </summary>
internal sealed class OutputReader
{
    /// <summary>What pv-init keeps the read end as.</summary>
    public const string KeptName = "output";

    private const int StackBytes = 192 * 1024;
    private const int LostBytes = 64 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _process;
    private readonly LogFile _file;
    private readonly EventCounter _stop;
    private readonly ILogger _log;
    private bool _lost;
    private bool _onlyHere;

    /// <param name="process">For log lines.</param>
    /// <param name="pipe">Closed at its end, and left open when told to stop.</param>
    /// <param name="file">Closed when nothing is moved any more; other readers may use it still.</param>
    /// <param name="stop">Once set, every reader that shares it stops.</param>
    public OutputReader(string process, SafeFileHandle pipe, LogFile file, EventCounter stop, ILogger log)
    {
        (_process, Pipe, _file, _stop, _log) = (process, pipe, file, stop, log);
        new Thread(Run, StackBytes) { IsBackground = true, Name = "output" }.Start();
    }

    public SafeFileHandle Pipe { get; }

    /// <summary>Whether pv-init keeps the pipe no more.</summary>
    public bool IsOnlyHere => Volatile.Read(ref _onlyHere);

    /// <summary>Completes when nothing is moved any more.</summary>
    public Task Ended => _ended.Task;

    public void SetOnlyHere() => Volatile.Write(ref _onlyHere, true);

    private void Run()
    {
        try
        {
            using var poll = new EventPoll();
            poll.Add(_stop.Handle, 0, PollEvents.Readable);
            poll.Add(Pipe, 1, PollEvents.Readable);
            while (Next(poll) is { } events)
            {
                // Empty, and nobody is left to write.
                if ((events & PollEvents.Readable) == 0 || Move() == 0)
                {
                    Pipe.Dispose();
                    break;
                }
            }
        }
        catch (IOException e)
        {
            ProcessLog.OutputUnreadable(_log, e, _process);
            Pipe.Dispose();
        }
        finally
        {
            _file.Dispose();
            _ended.SetResult();
        }
    }

    /// <returns>What the pipe is ready for; null when told to stop.</returns>
    private static PollEvents? Next(EventPoll poll)
    {
        Span<(long Token, PollEvents Events)> ready = stackalloc (long, PollEvents)[2];
        while (true)
        {
            int count = poll.Wait(ready, -1);
            PollEvents? events = null;
            foreach ((long token, PollEvents now) in ready[..count])
            {
                if (token == 0)
                {
                    return null;
                }

                events = now;
            }

            if (events is not null)
            {
                return events;
            }
        }
    }

    /// <returns>0 at the end of the output.</returns>
    private int Move()
    {
        try
        {
            int moved = _file.TakeFrom(Pipe);
            _lost = false;
            return moved;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk must not stop the process on a full pipe: the bytes are lost, and told of once.
            if (!_lost)
            {
                ProcessLog.OutputLost(_log, e, _process);
            }

            _lost = true;
            return NonBlockingRead.Read(Pipe, new byte[LostBytes]);
        }
    }
}
