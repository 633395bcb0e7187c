using PvExec.Kernel.Configuration;
using PvExec.Linux;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>What a test needs that an ordinary user has not.</summary>
internal static class Needs
{
    public static void Mounting(WorktreeMode mode = WorktreeMode.Memory) =>
        Assert.SkipUnless(mode != WorktreeMode.Memory || EffectiveUser.Id == 0, "mounting needs root");
}
