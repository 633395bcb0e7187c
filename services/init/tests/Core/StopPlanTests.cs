using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class StopPlanTests
{
    private static readonly StopPlan TenSeconds = new(10_000);

    [Fact]
    public void Front_is_not_waited_for_and_work_gets_two_fifths_of_the_time()
    {
        Assert.Equal(20, TenSeconds.Deadline(StopStep.Front, 20, 20, hurried: false));
        Assert.Equal(4_020, TenSeconds.Deadline(StopStep.Work, 20, 20, hurried: false));
    }

    [Fact]
    public void Front_has_a_second_for_the_last_answers_when_the_rest_has_ended() =>
        Assert.Equal(1_300, TenSeconds.Deadline(StopStep.Drain, 0, 300, hurried: false));

    [Theory]
    [InlineData(9_000, 9_500)]
    [InlineData(9_500, 9_500)]
    [InlineData(9_700, 9_700)]
    public void A_save_that_took_long_leaves_less_for_the_last_answers(long began, long until) =>
        Assert.Equal(until, TenSeconds.Deadline(StopStep.Drain, 0, began, hurried: false));

    [Fact]
    public void The_save_gets_all_that_the_steps_before_did_not_use() =>
        Assert.Equal(9_500, TenSeconds.Deadline(StopStep.Save, 0, 20, hurried: false));

    [Fact]
    public void Hurried_steps_are_over_at_once_but_the_save_keeps_its_time()
    {
        Assert.Equal(70, TenSeconds.Deadline(StopStep.Work, 0, 70, hurried: true));
        Assert.Equal(9_500, TenSeconds.Deadline(StopStep.Save, 0, 70, hurried: true));
        Assert.Equal(70, TenSeconds.Deadline(StopStep.Drain, 0, 70, hurried: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(86_400_000)]
    public void All_steps_taken_to_their_ends_stay_within_the_whole(long total)
    {
        var plan = new StopPlan(total);
        long now = 1_000;
        for (StopStep step = StopStep.Front; step <= StopStep.Drain; step = StopPlan.After(step))
        {
            now = Math.Max(now, plan.Deadline(step, 1_000, now, hurried: false));
        }

        Assert.InRange(now, 1_000, 1_000 + total);
    }

    [Fact]
    public void Done_is_the_last_step() => Assert.Equal(StopStep.Done, StopPlan.After(StopStep.Done));
}
