using Google.Protobuf;
using PvExec.Cli.Core;

namespace PvExec.Cli.Tests.Core;

public sealed class SentInputTests
{
    private readonly SentInput _sent = new();

    [Theory]
    [InlineData(0, "abcde")]
    [InlineData(2, "cde")]
    [InlineData(3, "de")]
    [InlineData(5, "")]
    public void What_was_sent_from_a_byte_on_is_there_again(long offset, string rest)
    {
        Add("abc");
        Add("de");

        Assert.Equal(rest, string.Concat(_sent.From(offset)!.Select(piece => piece.ToStringUtf8())));
    }

    [Fact]
    public void What_was_never_sent_is_not_there()
    {
        Add("abc");

        Assert.Null(_sent.From(4));
        Assert.Null(_sent.From(-1));
    }

    [Fact]
    public void The_oldest_is_forgotten_when_more_has_been_sent_than_is_kept()
    {
        ByteString piece = ByteString.CopyFrom(new byte[1024 * 1024]);
        for (int i = 0; i < 20; i++)
        {
            _sent.Add(piece);
        }

        Assert.Equal(20 * 1024 * 1024, _sent.Length);
        Assert.Null(_sent.From(0));
        Assert.Equal(SentInput.MaxBytes, _sent.From(_sent.Length - SentInput.MaxBytes)!.Sum(one => one.Length));
    }

    private void Add(string text) => _sent.Add(ByteString.CopyFromUtf8(text));
}
