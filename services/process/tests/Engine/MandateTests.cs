using PvExec.Processes.Engine;

namespace PvExec.Processes.Tests.Engine;

public class MandateTests
{
    [Fact]
    public async Task It_ends_when_the_last_step_has_ended_and_none_begins_afterwards()
    {
        using var mandate = new Mandate();
        Mandate.Step step = mandate.Enter();
        Mandate.Step second = mandate.Enter();
        Task ending = mandate.EndAsync();
        Assert.True(mandate.IsOver);
        Assert.Throws<OperationCanceledException>(() => mandate.Enter());
        step.Dispose();
        Assert.False(ending.IsCompleted);
        second.Dispose();
        await ending.WaitAsync(EngineHarness.Patience);
    }

    [Fact]
    public async Task Who_waits_between_two_steps_is_woken()
    {
        using var mandate = new Mandate();
        Task waiting = Task.Delay(Timeout.InfiniteTimeSpan, mandate.Over);
        await mandate.EndAsync().WaitAsync(EngineHarness.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(EngineHarness.Patience));
    }
}
