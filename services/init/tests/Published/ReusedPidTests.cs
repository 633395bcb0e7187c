using System.Text.Json;

namespace PvExec.Init.Tests.Published;

/// <summary>In a pid namespace of its own, where a test may say which number comes next (ns_last_pid of proc_sys_kernel(5)).</summary>
public sealed class ReusedPidTests : IDisposable
{
    private const int Spawned = 66, Done = 68, Failed = 69, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_signal_for_a_child_that_has_ended_reaches_another_that_has_its_number_now(bool withCgroups)
    {
        Assert.SkipUnless(!withCgroups || WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        string[] namespaced = ["unshare", "-pf", "--mount-proc", "--kill-child"];
        using RunningInit init = _installation.Start(wrapper: withCgroups ? namespaced : [.. WritableCgroups.Hidden, .. namespaced]);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sh","-c","exit 3"]}""");
        JsonElement first = exec.Message(Spawned);
        (ulong ended, int pid) = (first[0].GetUInt64(), first[1].GetInt32());
        Assert.Equal(3, exec.Message(Exited)[1].GetInt32());

        // The shell writes by itself, so the next process is the next child.
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","echo {{pid - 1}} > /proc/sys/kernel/ns_last_pid"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        exec.Order("""{"do":"spawn","argv":["sleep","1000"]}""");
        JsonElement second = exec.Message(Spawned);
        Assert.Equal(pid, second[1].GetInt32());

        foreach (int scope in new[] { 0, 1, 2 })
        {
            exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{ended}},9,{{scope}}]}""");
            exec.Message(Done);
        }

        exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{ended}},0,2]}""");
        exec.Message(Failed);

        // It is the next that ends, and by this signal.
        exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{second[0].GetUInt64()}},15,0]}""");
        JsonElement exited = exec.Message(Exited);
        Assert.Equal((second[0].GetUInt64(), 15), (exited[0].GetUInt64(), exited[2].GetInt32()));
        Assert.Equal(0, init.Stop());
    }
}
