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
    private readonly PosixSignalRegistration _stop;
    private readonly PosixSignalRegistration _continue;

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
        // First: none of them may come after the last word.
        _stop.Dispose();
        _continue.Dispose();
        Apply(_before);
    }

    private void Apply(TerminalMode mode)
    {
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
