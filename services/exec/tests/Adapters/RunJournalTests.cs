using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Tests.Adapters;

public sealed class RunJournalTests
{
    private static readonly FinishPlan s_plan = new(["bash", "/t/finish"], ["A=b=c", "U=ü"], "/t", new TaskUser("x:y", 1, 2, [3, uint.MaxValue]), TimeSpan.FromSeconds(2.5));

    [Fact]
    public void What_is_noted_is_there_for_whoever_opens_it_later()
    {
        using var journal = RunJournal.Create(s_plan, onDisk: true);
        journal.NoteEnd(EndSignal.TimeIsUp);
        journal.NoteEnd(EndSignal.Cancel);
        journal.NoteLost(OutputStream.Standard, new StreamLoss(4096, StreamLoss.Open));
        journal.NoteLost(OutputStream.Error, new StreamLoss(1, 2));
        journal.IsFinishOver = true;

        using var later = RunJournal.Open(File.OpenHandle(
            $"/proc/self/fd/{journal.Handle.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        Assert.Equal(EndSignal.TimeIsUp, later.EndReason);
        Assert.Equal(new StreamLoss(4096, StreamLoss.Open), later.Lost(OutputStream.Standard));
        Assert.Equal(new StreamLoss(1, 2), later.Lost(OutputStream.Error));
        Assert.True(later.IsFinishOver);
        Assert.True(later.IsOnDisk);
        Assert.Equal(Describe(s_plan), Describe(later.ReadFinish()!));
    }

    [Fact]
    public void A_new_one_notes_nothing()
    {
        using var journal = RunJournal.Create(null, onDisk: false);

        Assert.Null(journal.EndReason);
        Assert.Null(journal.ReadFinish());
        Assert.Equal(default, journal.Lost(OutputStream.Error));
        Assert.False(journal.HasFinish || journal.IsFinishOver || journal.IsOnDisk);
    }

    [Fact]
    public void A_plan_comes_back_as_it_was_and_a_part_of_one_is_none()
    {
        foreach (FinishPlan plan in new[] { s_plan, s_plan with { User = null } })
        {
            byte[] bytes = plan.ToBytes();
            Assert.Equal(Describe(plan), Describe(FinishPlan.Parse(bytes)!));
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.Null(FinishPlan.Parse(bytes.AsMemory(0, length)));
            }
        }
    }

    private static string Describe(FinishPlan plan) =>
        $"{string.Join('|', plan.Arguments)} {string.Join('|', plan.Environment)} {plan.Directory} {plan.User?.Uid} {plan.User?.Gid} {plan.User} {string.Join('|', plan.User?.Groups ?? [])} {plan.Timeout}";
}
