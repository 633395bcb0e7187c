using System.Text;
using MessagePack;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Adapters;

public sealed class RunNoteTests
{
    private static readonly StreamWindow s_standard = StreamWindow.Of(1 << 24, 5);
    private static readonly StreamWindow s_error = StreamWindow.Of(4096, 7);
    private static readonly DateTimeOffset s_time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    [Fact]
    public void A_note_comes_back_as_it_was()
    {
        var note = new RunNote(RunId.New(s_time), RunRole.Log, "common/ü", ScopeSet.From(["src", "x"], ["dep"], new TaskLimit("/t/ü", 3)), s_time, s_standard, s_error)
        {
            Timeouts = new RunTimeouts(TimeSpan.FromSeconds(0.25), TimeSpan.FromMilliseconds(1)),
            Token = new ClientToken("tö", "f1"),
            IsLossless = true,
        };

        RunNote? back = RunNote.Parse(note.ToBytes());

        Assert.Equal(note with { Scopes = ScopeSet.Empty }, back! with { Scopes = ScopeSet.Empty });
        Assert.Equal(note.Scopes.ToString(), back.Scopes.ToString());
    }

    [Fact]
    public void A_note_of_an_earlier_version_has_no_limits()
    {
        byte[] earlier = Convert.FromHexString("9801BA" + Convert.ToHexString(Encoding.ASCII.GetBytes(RunId.New(s_time).Value)) + "00A16191A373726390009400000000");

        RunNote note = RunNote.Parse(earlier)!;

        Assert.Equal("reads src", note.Scopes.ToString());
        Assert.Equal(RunTimeouts.None, note.Timeouts);
        Assert.Null(note.Token);
        Assert.False(note.IsLossless);
    }

    [Fact]
    public void A_token_of_a_later_version_may_have_more_fields_and_none_less()
    {
        var reader = new MessagePackReader(new byte[] { 0x94, 0xA1, (byte)'t', 0xA1, (byte)'f', 0x91, 1, 2, 7 });
        Assert.Equal(new ClientToken("t", "f"), reader.ReadToken());
        Assert.Equal(7, reader.ReadInt32());
        Assert.Throws<MessagePackSerializationException>(() =>
        {
            var less = new MessagePackReader(new byte[] { 0x91, 0xA1, (byte)'t' });
            return less.ReadToken();
        });
    }

    [Fact]
    public void Anything_else_is_none()
    {
        byte[] note = new RunNote(RunId.New(s_time), RunRole.Run, "a", ScopeSet.From(["src"], []), s_time, s_standard, s_error).ToBytes();

        Assert.Null(RunNote.Parse(ReadOnlyMemory<byte>.Empty));
        Assert.Null(RunNote.Parse("text"u8.ToArray()));
        for (int length = 0; length < note.Length; length++)
        {
            Assert.Null(RunNote.Parse(note.AsMemory(0, length)));
        }
    }

    [Fact]
    public void The_largest_note_fits_into_what_the_parent_keeps()
    {
        string[] scopes = [.. Enumerable.Range(0, ScopeFile.MaxBytes / 5).Select(i => $"{i:x4}")];
        var note = new RunNote(RunId.New(s_time), RunRole.Run, new string('x', 4096), ScopeSet.From(scopes, scopes.Select(scope => scope + "w"), new TaskLimit(new string('x', 4096), 1)), s_time, s_standard, s_error)
        {
            Token = new ClientToken(new string('x', ClientToken.MaxBytes), new string('f', 64)),
        };

        Assert.InRange(note.ToBytes().Length, 1, 48 * 1024);
    }
}
