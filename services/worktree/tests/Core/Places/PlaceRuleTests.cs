using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Core.Places;

namespace PvExec.Worktrees.Tests.Core.Places;

public sealed class PlaceRuleTests
{
    private static readonly Dictionary<PlaceState, (PlaceAction Auto, PlaceAction Memory, PlaceAction Directory)> Table = new()
    {
        [PlaceState.Empty] = (PlaceAction.Load, PlaceAction.Load, PlaceAction.Load),
        [PlaceState.NotADirectory] = (PlaceAction.Refuse, PlaceAction.Refuse, PlaceAction.Refuse),
        [PlaceState.OwnMemory] = (PlaceAction.ResumeMemory, PlaceAction.ResumeMemory, PlaceAction.Refuse),
        [PlaceState.OtherMemory] = (PlaceAction.Refuse, PlaceAction.Refuse, PlaceAction.Refuse),
        [PlaceState.OwnDirectory] = (PlaceAction.ResumeDirectory, PlaceAction.Refuse, PlaceAction.ResumeDirectory),
        [PlaceState.Loading] = (PlaceAction.ClearAndLoad, PlaceAction.ClearAndLoad, PlaceAction.ClearAndLoad),
        [PlaceState.OtherDirectory] = (PlaceAction.Refuse, PlaceAction.Refuse, PlaceAction.Refuse),
        [PlaceState.Foreign] = (PlaceAction.Refuse, PlaceAction.Refuse, PlaceAction.Refuse),
    };

    public static TheoryData<WorktreeMode, PlaceState> Cells => [.. Enum.GetValues<WorktreeMode>().SelectMany(mode => Enum.GetValues<PlaceState>().Select(state => (mode, state)))];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_cell_is_decided(WorktreeMode mode, PlaceState state)
    {
        (PlaceAction auto, PlaceAction memory, PlaceAction directory) = Table[state];
        Assert.Equal(mode switch { WorktreeMode.Auto => auto, WorktreeMode.Memory => memory, _ => directory }, PlaceRule.Decide(mode, state));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_refusal_names_the_place_and_what_to_do(WorktreeMode mode, PlaceState state)
    {
        Fault refusal = PlaceRule.Refusal(mode, state, "/some/where", "other", "-mount-point", "-worktree-mode");
        Assert.Equal(FaultKind.FailedPrecondition, refusal.Kind);
        Assert.StartsWith("-mount-point /some/where ", refusal.Detail);
        Assert.Matches("give|start|empty", refusal.Detail);
    }
}
