using System.Runtime.InteropServices;
using PvExec.Linux;
using PvExec.Linux.Terminals;

namespace PvExec.Cli.Adapters;

/// <summary>
/// A terminal in raw mode, put back when this is disposed. It is put back as well before this process stands still
/// (SIGTSTP), so that the shell finds it as it was, and made raw again when the process goes on.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly SafeHandle _terminal;
    private readonly TerminalMode _before;

    /// <summary>Guards <see cref="_isOver"/> and the terminal: a signal's handler may be on its way when this is disposed.</summary>
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration _stop;
    private readonly PosixSignalRegistration _continue;
    private bool _isOver;

    public RawTerminal(SafeHandle terminal, TerminalMode before)
    {
        (_terminal, _before) = (terminal, before);
        before.Raw().Apply(terminal);
        // Not cancelled: what the signals do by themselves follows.
        _stop = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => Apply(_before));
        _continue = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Apply(_before.Raw()));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _continue.Dispose();
        lock (_lock)
        {
            // A handler that runs still comes after the last word, and says nothing.
            Apply(_before);
            _isOver = true;
        }
    }

    private void Apply(TerminalMode mode)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            try
            {
                mode.Apply(_terminal);
            }
            catch (SystemCallException)
            {
                // It was hung up: nothing is left to put back.
                return;
            }
        }
    }
}
