using System.Diagnostics.CodeAnalysis;
using PvExec.Init.Adapters;
using PvExec.Init.Tests.Published;
using PvExec.Kernel;
using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Adapters;

public sealed class ReaperTests
{
    private const int Orphan = 100_000;

    /// <summary>As under a steady load: whenever the reaper looks, a child that is older than the orphan has just ended, and is left to its pidfd.</summary>
    [Fact]
    public void An_orphan_is_taken_though_a_child_that_is_older_has_always_just_ended()
    {
        var ended = new SteadyLoad();
        var reaper = new Reaper(ended);
        ended.Reaper = reaper;
        reaper.Start();

        bool isTaken = false;
        Assert.True(SpinWait.SpinUntil(() => (isTaken |= Takes(reaper, Orphan)) || ended.IsOver.IsSet, RunningInit.Patience), "the reaper hangs");
        Assert.True(isTaken, $"the orphan is still there after {SteadyLoad.Looks} looks");
    }

    private static bool Takes(Reaper reaper, int pid)
    {
        while (reaper.TryTake(out ReapedProcess taken))
        {
            if (taken.Pid == pid)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lasts for some looks; then nobody ends any more, and the reaper's thread waits for ever.</summary>
    [SuppressMessage("Reliability", "CA1001", Justification = "a thread waits for it until the process ends")]
    private sealed class SteadyLoad : IEndedChildren
    {
        public const int Looks = 100;

        private readonly List<int> _inOrderOfStart = [Orphan];
        private readonly ManualResetEventSlim _never = new();
        private int _looks;

        public Reaper Reaper { get; set; } = null!;

        public ManualResetEventSlim IsOver { get; } = new();

        public int WaitForAny()
        {
            if (++_looks > Looks)
            {
                IsOver.Set();
                _never.Wait();
            }

            lock (Reaper.Gate)
            {
                _inOrderOfStart.Insert(0, _looks);
                Reaper.LeaveToPidFd(_looks);
            }

            return _looks;
        }

        public bool TryReap(int pid, out ExitStatus status, out ProcessUsage usage)
        {
            status = default;
            usage = default;
            return _inOrderOfStart.Remove(pid);
        }

        public bool TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage)
        {
            pid = _inOrderOfStart.FirstOrDefault();
            return TryReap(pid, out status, out usage);
        }
    }
}
