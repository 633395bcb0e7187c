using PvExec.Linux.Files;
using PvExec.Linux.Terminals;

namespace PvExec.Linux.Tests.Terminals;

public sealed class TerminalModeTests : IDisposable
{
    private readonly PseudoTerminal _pty = PseudoTerminal.Open();

    public void Dispose()
    {
        _pty.Master.Dispose();
        _pty.Terminal.Dispose();
    }

    [Fact]
    public void Raw_passes_a_line_on_before_its_end_and_does_not_show_it()
    {
        TerminalMode.TryRead(_pty.Terminal)!.Raw().Apply(_pty.Terminal);

        Assert.Equal("a\u0003", Typed("a\u0003"));
        Assert.Equal(0, Shown());
    }

    [Fact]
    public void What_was_read_before_puts_a_terminal_back()
    {
        TerminalMode before = TerminalMode.TryRead(_pty.Terminal)!;
        before.Raw().Apply(_pty.Terminal);
        before.Apply(_pty.Terminal);

        Assert.Equal("a\n", Typed("a\n"));
        Assert.Equal(3, Shown());
    }

    [Fact]
    public void A_file_is_no_terminal()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/dev/null");

        Assert.Null(TerminalMode.TryRead(file));
    }

    private string Typed(string text)
    {
        using var keyboard = new FileStream(Descriptor.Duplicate(_pty.Master), FileAccess.Write, 0);
        keyboard.Write(System.Text.Encoding.ASCII.GetBytes(text));
        using var program = new FileStream(Descriptor.Duplicate(_pty.Terminal), FileAccess.Read, 0);
        var buffer = new byte[100];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, program.Read(buffer));
    }

    /// <summary>How many bytes the terminal has echoed.</summary>
    private int Shown() => Math.Max(0, NonBlockingRead.Read(_pty.Master, new byte[100]));
}
