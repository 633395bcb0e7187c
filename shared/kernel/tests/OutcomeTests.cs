namespace PvExec.Kernel.Tests;

public sealed class OutcomeTests
{
    private static readonly Fault Missing = new(FaultKind.NotFound, "no task 'x': name one that exists");

    [Fact]
    public void A_value_is_given_back()
    {
        Outcome<int> outcome = 7;

        Assert.True(outcome.Succeeded(out Fault? fault));
        Assert.Null(fault);
        Assert.True(outcome.TryGet(out int value, out _));
        Assert.Equal(7, value);
        Assert.Equal(7, outcome.Value);
    }

    [Fact]
    public void A_fault_stands_in_the_place_of_a_value()
    {
        Outcome<string> outcome = Missing;

        Assert.False(outcome.Succeeded(out Fault? fault));
        Assert.Same(Missing, fault);
        Assert.False(outcome.TryGet(out string? value, out fault));
        Assert.Null(value);
        Assert.Same(Missing, fault);
        Assert.Same(Missing, Assert.Throws<FaultException>(() => outcome.Value).Fault);
    }

    [Fact]
    public void What_follows_runs_only_after_a_value()
    {
        Outcome<int> value = 7, fault = Missing;

        Assert.Equal("8", value.Then<string>(number => (number + 1).ToString()).Value);
        Assert.Same(Missing, value.Then<string>(_ => Missing).Fault);
        Assert.Same(Missing, fault.Then<string>(_ => throw new InvalidOperationException("must not run")).Fault);
    }

    [Fact]
    public void An_exception_of_a_fault_says_its_detail() => Assert.Equal(Missing.Detail, new FaultException(Missing).Message);
}
