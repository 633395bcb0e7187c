using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Linux.Terminals;

namespace PvExec.Linux.Tests.Terminals;

public sealed class PseudoTerminalTests : IDisposable
{
    private readonly PseudoTerminal _pty = PseudoTerminal.Open();
    private readonly PipePair _pipe = PipePair.Open(nonBlocking: true);

    public void Dispose()
    {
        _pty.Master.Dispose();
        _pty.Terminal.Dispose();
        _pipe.ReadEnd.Dispose();
        _pipe.WriteEnd.Dispose();
    }

    [Fact]
    public void What_is_written_to_the_terminal_is_moved_to_a_pipe_and_then_to_the_file_without_a_copy_here()
    {
        using SafeFileHandle file = MemoryFile.Create("test", []);
        Assert.Equal(Splice.NothingNow, Splice.Move(_pty.Master, _pipe.WriteEnd, 100));
        Show("one\n");

        Assert.Equal(5, Splice.Move(_pty.Master, _pipe.WriteEnd, 100));
        Assert.Equal(5, PipeContent.Count(_pipe.ReadEnd));
        Assert.Equal(5, Splice.Move(_pipe.ReadEnd, file, 0, 100));
        Assert.Equal("one\r\n", Text(file));
    }

    [Fact]
    public void What_is_moved_from_a_file_is_typed_and_the_position_of_every_duplicate_moves_on()
    {
        using SafeFileHandle file = MemoryFile.Create("test", "typed\nrest"u8);
        using SafeFileHandle same = Descriptor.Duplicate(file);
        Assert.Equal(6, Splice.Move(file, _pipe.WriteEnd, 6));
        Assert.Equal(6, FilePosition.Get(same));
        Assert.Equal(6, Splice.Move(_pipe.ReadEnd, _pty.Master, 100));

        using var typed = new FileStream(Descriptor.Duplicate(_pty.Terminal), FileAccess.Read, 0);
        byte[] line = new byte[100];
        Assert.Equal("typed\n", Encoding.ASCII.GetString(line, 0, typed.Read(line)));
    }

    [Fact]
    public void The_end_of_the_terminal_is_told_after_what_was_shown()
    {
        Show("last");
        _pty.Terminal.Dispose();
        Assert.Equal(4, Splice.Move(_pty.Master, _pipe.WriteEnd, 100));
        Assert.Equal(Splice.Gone, Splice.Move(_pty.Master, _pipe.WriteEnd, 100));
    }

    [Fact]
    public void A_pipe_that_nobody_reads_is_told_apart_from_one_that_is_full()
    {
        using SafeFileHandle file = MemoryFile.Create("test", new byte[1 << 20]);
        while (Splice.Move(file, _pipe.WriteEnd, 1 << 20) > 0)
        {
        }

        Assert.Equal(Splice.NothingNow, Splice.Move(file, _pipe.WriteEnd, 1 << 20));
        _pipe.ReadEnd.Dispose();
        Assert.Equal(Splice.Gone, Splice.Move(file, _pipe.WriteEnd, 1 << 20));
    }

    [Fact]
    public void The_size_that_is_set_on_one_side_is_that_of_the_other()
    {
        new TerminalSize(132, 43).Set(_pty.Master);
        Assert.Equal(new TerminalSize(132, 43), TerminalSize.Of(_pty.Terminal));
    }

    [Fact]
    public void The_end_of_file_character_is_the_usual_one_at_first() =>
        Assert.Equal(EndOfFileCharacter.Usual, EndOfFileCharacter.Of(_pty.Master));

    [Fact]
    public void A_file_sealed_against_growth_is_so_for_every_duplicate()
    {
        using SafeFileHandle file = MemoryFile.Create("test", "x"u8, sealable: true);
        using SafeFileHandle same = Descriptor.Duplicate(file);
        Assert.False(FileSeals.IsGrowthSealed(same));
        FileSeals.SealGrowth(file);
        Assert.True(FileSeals.IsGrowthSealed(same));
        Assert.ThrowsAny<Exception>(() => RandomAccess.Write(same, "y"u8, 1));
        FileHole.Punch(same, 0, 1);
    }

    private static string Text(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return Encoding.ASCII.GetString(bytes);
    }

    private void Show(string text)
    {
        using var terminal = new FileStream(Descriptor.Duplicate(_pty.Terminal), FileAccess.Write, 0);
        terminal.Write(Encoding.ASCII.GetBytes(text));
    }
}
