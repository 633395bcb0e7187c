using System.Text;
using Google.Protobuf;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using Piece = PvExec.Api.V1.Output;

namespace PvExec.Cli.Tests.Core;

public sealed class RunPositionTests
{
    private readonly RunPosition _position = new();

    [Fact]
    public void Pieces_that_follow_are_taken_whole()
    {
        Assert.Equal(("abc", 0ul), Take("abc", 0));
        Assert.Equal(("de", 0ul), Take("de", 3));
        Assert.Equal(5ul, _position.StandardOffset);
        Assert.Equal(0ul, _position.ErrorOffset);
    }

    [Fact]
    public void What_came_before_is_left_out()
    {
        Take("abc", 0);

        Assert.Equal(("d", 0ul), Take("bcd", 1));
        Assert.Equal(("", 0ul), Take("bc", 1));
        Assert.Equal(4ul, _position.StandardOffset);
    }

    [Fact]
    public void What_never_came_is_counted()
    {
        Take("abc", 0);

        Assert.Equal(("z", 7ul), Take("z", 10));
        Assert.Equal(11ul, _position.StandardOffset);
    }

    [Fact]
    public void A_gap_counts_only_what_has_not_been_passed()
    {
        Take("abcd", 0);

        Assert.Equal(6ul, _position.Skip(new Gap { Stream = OutputStream.Stdout, Offset = 2, Length = 8 }));
        Assert.Equal(0ul, _position.Skip(new Gap { Stream = OutputStream.Stdout, Offset = 2, Length = 8 }));
        Assert.Equal(10ul, _position.StandardOffset);
    }

    private (string Text, ulong Missing) Take(string text, ulong offset)
    {
        var piece = new Piece { Stream = OutputStream.Stdout, Offset = offset, Data = ByteString.CopyFromUtf8(text) };
        string taken = Encoding.UTF8.GetString(_position.Take(piece, out ulong missing).Span);
        return (taken, missing);
    }
}
