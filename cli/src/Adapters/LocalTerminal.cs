using Microsoft.Win32.SafeHandles;
using PvExec.Linux;
using PvExec.Linux.Terminals;

namespace PvExec.Cli.Adapters;

/// <summary>The terminal on standard input, and whether one is on standard error.</summary>
internal sealed class LocalTerminal : ITerminal
{
    private readonly SafeFileHandle _input = new(0, ownsHandle: false);
    private readonly SafeFileHandle _error = new(2, ownsHandle: false);

    public bool IsInput => TerminalMode.TryRead(_input) is not null;

    public bool IsError => TerminalMode.TryRead(_error) is not null;

    /// <summary>Whether one is on standard output.</summary>
    public static bool IsOutput => TerminalMode.TryRead(new SafeFileHandle(1, ownsHandle: false)) is not null;

    public (int Columns, int Rows) Size
    {
        get
        {
            try
            {
                TerminalSize size = TerminalSize.Of(_input);
                return (size.Columns, size.Rows);
            }
            catch (SystemCallException)
            {
                // No terminal, no size.
                return (0, 0);
            }
        }
    }

    public IDisposable MakeRaw()
    {
        TerminalMode mode = TerminalMode.TryRead(_input) ?? throw new TerminalLostException("standard input is a terminal no longer");
        try
        {
            return new RawTerminal(_input, mode);
        }
        catch (SystemCallException e)
        {
            throw new TerminalLostException($"the terminal on standard input cannot be made raw: {e.Message}", e);
        }
    }
}
