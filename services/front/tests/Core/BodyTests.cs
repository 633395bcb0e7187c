using PvExec.Front.Core;

namespace PvExec.Front.Tests.Core;

public sealed class BodyTests
{
    private readonly KeptBytesBudget _budget = new(1000);
    private readonly Body _body = new();

    [Fact]
    public void What_comes_in_pieces_of_any_length_is_read_in_pieces_of_any_other()
    {
        var random = new Random(1);
        var all = new byte[100_000];
        random.NextBytes(all);
        int written = 0, read = 0;
        while (read < all.Length)
        {
            int count = Math.Min(random.Next(5000), all.Length - written);
            _body.Append(all.AsSpan(written, count));
            written += count;
            Span<byte> target = new byte[random.Next(5000)];
            count = _body.Read(target, out int isNew);
            Assert.Equal(count, isNew);
            Assert.True(target[..count].SequenceEqual(all.AsSpan(read, count)));
            read += count;
            Assert.Equal(written - read, _body.Unread);
        }
    }

    [Fact]
    public void What_is_kept_is_read_again_from_the_start_and_new_only_once()
    {
        _body.Keep(_budget, 1000);
        _body.Append([1, 2, 3]);
        Read(2, isNew: 2, 1, 2);
        _body.Rewind();
        Assert.Equal((3, 1), (_body.Unread, _body.NeverRead));
        _body.Append([4]);
        Read(9, isNew: 2, 1, 2, 3, 4);
        _body.Rewind();
        Read(9, isNew: 0, 1, 2, 3, 4);
        Assert.True(_body.IsKept);
    }

    [Fact]
    public void One_that_is_too_long_is_passed_on_but_not_kept()
    {
        _body.Keep(_budget, 3);
        _body.Append([1, 2]);
        Read(1, isNew: 1, 1);
        _body.Append([3, 4]);
        Assert.Equal((false, true, false), (_body.IsKept, _body.IsTooLong, _body.CanRewind));
        Assert.Equal(1000, _budget.Left);
        Read(9, isNew: 3, 2, 3, 4);
    }

    [Fact]
    public void All_together_keep_no_more_than_their_budget()
    {
        var other = new Body();
        other.Keep(_budget, 1000);
        other.Append(new byte[999]);
        _body.Keep(_budget, 1000);
        _body.Append([1, 2]);
        Assert.False(_body.IsKept);
        other.Clear();
        Assert.Equal(1000, _budget.Left);
        Read(9, isNew: 2, 1, 2);
    }

    [Fact]
    public void One_that_is_not_kept_can_be_read_from_the_start_until_something_of_it_was_read()
    {
        _body.Keep(new KeptBytesBudget(0), 1000);
        _body.Append([1, 2]);
        Assert.Equal((false, false, true), (_body.IsKept, _body.IsTooLong, _body.CanRewind));
        _body.Rewind();
        Read(1, isNew: 1, 1);
        Assert.False(_body.CanRewind);
        Read(9, isNew: 1, 2);
    }

    [Fact]
    public void A_cleared_one_is_as_new()
    {
        _body.Keep(_budget, 1000);
        _body.Append([1, 2]);
        Read(1, isNew: 1, 1);
        _body.Clear();
        Assert.Equal((0, 0, 1000), (_body.Unread, _body.NeverRead, _budget.Left));
        _body.Append([7]);
        Read(9, isNew: 1, 7);
    }

    private void Read(int atMost, int isNew, params byte[] expected)
    {
        var target = new byte[atMost];
        int count = _body.Read(target, out int first);
        Assert.Equal(expected, target[..count]);
        Assert.Equal(isNew, first);
    }
}
