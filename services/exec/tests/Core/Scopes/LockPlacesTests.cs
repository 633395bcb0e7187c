using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class LockPlacesTests
{
    private const int Many = 5_000;

    private readonly LockPlaces _places = new();

    [Fact]
    public void Places_are_used_again_and_nothing_of_the_ticket_before_is_left_in_one()
    {
        int[] taken = [.. Enumerable.Range(0, Many).Select(_ => Take())];
        Assert.Equal(Many, taken.Distinct().Count());
        Assert.DoesNotContain(LockPlaces.None, taken);
        foreach (int place in taken.Skip(1))
        {
            (_places[place].Next, _places[place].Before, _places[place].Behind, _places[place].HasTurn) = (1, 2, 3, true);
            _places.Return(place);
            Assert.Null(_places[place].Ticket);
        }

        int[] again = [.. Enumerable.Range(1, Many - 1).Select(_ => Take())];
        Assert.Equal(taken.Skip(1).Order(), again.Order());
        Assert.All(again, place => Assert.Equal((0, 0, 0, false), (_places[place].Next, _places[place].Before, _places[place].Behind, _places[place].HasTurn)));
    }

    [Fact]
    public void The_memory_of_many_is_given_back_with_the_last_of_them_and_they_are_taken_anew()
    {
        int atFirst = _places.Capacity;
        int[] taken = [.. Enumerable.Range(0, Many).Select(_ => Take())];
        Assert.InRange(_places.Capacity, Many, Many + atFirst);
        foreach (int place in taken)
        {
            _places.Return(place);
        }

        Assert.Equal(atFirst, _places.Capacity);
        Assert.Equal(taken, Enumerable.Range(0, Many).Select(_ => Take()));
    }

    private int Take() => _places.Take(null!, null!, LockMode.Write);
}
