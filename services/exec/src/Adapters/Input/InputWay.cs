using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Events;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Input;

/// <summary>The way from an <see cref="InputFile"/> to a run that runs; moves and never waits. Used by one thread at a time.</summary>
/// <param name="pipe">The write end of its standard input; on a terminal of a pipe that leads there.</param>
internal sealed class InputWay(SafeFileHandle pipe, TerminalWay? terminal) : IDisposable
{
    /// <summary>A pipe's usual capacity.</summary>
    private const int MostAtOnce = 64 * 1024;

    private EventPoll? _waitedBy;

    public TerminalWay? Terminal => terminal;

    private SafeFileHandle Last => terminal?.Master ?? pipe;

    /// <returns>As <see cref="InputFile.MoveTo"/>; 0 when all is at the run.</returns>
    /// <exception cref="IOException">The kernel cannot do it.</exception>
    public int Move(InputFile file)
    {
        int moved = file.MoveTo(pipe, MostAtOnce);
        return terminal is null || moved == Splice.Gone ? moved : terminal.Move(MostAtOnce, moved > 0);
    }

    /// <summary>Has it waited for until there is room.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    public void WaitBy(EventPoll poll, long token)
    {
        poll.Add(Last, token, PollEvents.Writable);
        _waitedBy = poll;
    }

    public void WaitNoMore()
    {
        _waitedBy?.Remove(Last);
        _waitedBy = null;
    }

    public void Dispose()
    {
        // pv-init has a duplicate of what is waited for: closing it here would not end the waiting.
        WaitNoMore();
        pipe.Dispose();
        terminal?.Dispose();
    }
}
