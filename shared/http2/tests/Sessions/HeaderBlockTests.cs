using System.Text;
using PvExec.Http2.Sessions;

namespace PvExec.Http2.Tests.Sessions;

public sealed class HeaderBlockTests
{
    private readonly HeaderBlock _block = new();

    [Fact]
    public void Fields_keep_their_order_and_their_bytes()
    {
        for (int i = 0; i < 200; i++)
        {
            _block.Add(Encoding.UTF8.GetBytes($"name-{i}"), [(byte)i, 0xff], isSecret: i == 7);
        }

        for (int i = 0; i < 200; i++)
        {
            Assert.Equal($"name-{i}", Encoding.UTF8.GetString(_block.Name(i)));
            Assert.Equal([(byte)i, 0xff], _block.Value(i).ToArray());
            Assert.Equal(i == 7, _block[i].IsSecret);
        }
    }

    [Fact]
    public void The_size_is_what_HTTP_counts()
    {
        _block.Add("abc"u8, "de"u8);
        _block.Add("f"u8, ""u8);
        Assert.Equal(3 + 2 + 32 + 1 + 32, _block.Size);
    }

    [Fact]
    public void A_field_is_found_by_its_whole_name()
    {
        _block.Add("te-x"u8, "1"u8);
        _block.Add("te"u8, "2"u8);
        Assert.Equal("2"u8, _block.Find("te"u8));
        Assert.True(_block.Find("t"u8).IsEmpty);
        _block.Clear();
        Assert.Equal((0, 0), (_block.Count, _block.Size));
        Assert.True(_block.Find("te"u8).IsEmpty);
    }
}
