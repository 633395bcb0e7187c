using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;

namespace PvExec.Linux.Tests.Processes;

public class PidFdTests
{
    [Fact]
    public void A_signal_reaches_a_living_process_and_not_one_that_has_ended()
    {
        using Process sleep = Process.Start("sleep", "1000");
        using SafeFileHandle held = PidFd.TryOpen(sleep.Id)!;
        Assert.Equal(sleep.Id, ProcessStat.TryRead(sleep.Id)!.Value.Pid);
        Assert.Equal(Environment.ProcessId, ProcessStat.TryRead(sleep.Id)!.Value.Parent);
        Assert.Equal(0, PidFd.Send(held, Signals.SIGKILL));
        sleep.WaitForExit();
        Assert.Equal(Errno.ESRCH, PidFd.Send(held, Signals.SIGKILL));
        Assert.Null(PidFd.TryOpen(sleep.Id, out int errno));
        Assert.Equal(Errno.ESRCH, errno);
        Assert.Null(PidFd.TryOpen(-1));
    }

    [Fact]
    public void A_lock_file_names_its_holder_to_a_second_taker()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using (LockFile? first = LockFile.TryTake(path, out _))
        {
            Assert.NotNull(first);
            Assert.Null(LockFile.TryTake(path, out int holder));
            Assert.Equal(Environment.ProcessId, holder);
        }

        using LockFile? again = LockFile.TryTake(path, out _);
        Assert.NotNull(again);
        File.Delete(path);
    }
}
