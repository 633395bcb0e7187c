using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Input;

/// <summary>
/// The last step to a terminal: splice(2) wants a pipe on one side, so the input's file cannot be moved there at once.
/// </summary>
/// <param name="reading">The read end of the pipe that the input comes through.</param>
/// <param name="master">Of the terminal.</param>
internal sealed class TerminalWay(SafeFileHandle reading, SafeFileHandle master) : IDisposable
{
    public SafeFileHandle Master => master;

    /// <param name="moreCame">Whether something has just been moved into the pipe.</param>
    /// <returns>How many bytes; 0 when the pipe is empty, <see cref="Splice.NothingNow"/> when the terminal takes none now, <see cref="Splice.Gone"/>.</returns>
    /// <exception cref="IOException">The kernel cannot do it.</exception>
    public int Move(int atMost, bool moreCame)
    {
        if (!moreCame && PipeContent.Count(reading) == 0)
        {
            return 0;
        }

        int moved = Splice.Move(reading, master, atMost);
        return moved == Splice.Unsupported ? throw new IOException("this kernel does not move bytes from a pipe to a terminal (splice(2))") : moved;
    }

    public void Dispose()
    {
        reading.Dispose();
        master.Dispose();
    }
}
