using System.Text.Json;
using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Published;

/// <summary>Where the filter of a container engine does not know clone3(2), children are started by vfork(2).</summary>
public sealed class WithoutClone3Tests : IDisposable
{
    private const int Spawned = 66, SpawnFailed = 67, Exited = 71;

    private readonly Installation _installation = new();
    private readonly RunningInit _init;
    private readonly StandIn _exec;

    public WithoutClone3Tests()
    {
        _init = _installation.Start(wrapper: ["python3", Path.Combine(AppContext.BaseDirectory, "stand-ins", "without-clone3.py")]);
        _exec = _init.Connect("exec");
        _exec.Event("welcome");
    }

    public void Dispose()
    {
        _init.Dispose();
        _installation.Dispose();
    }

    [Fact]
    public void Children_start_with_a_pidfd_and_end_with_their_codes()
    {
        for (int code = 0; code < 50; code++)
        {
            _exec.Order($$"""{"do":"spawn","argv":["sh","-c","read x < /dev/null; exit {{code}}"],"attributes":[null,null,null,[],null,null,null,false,null,true,true]}""");
            JsonElement spawned = _exec.Event("message");
            Assert.Equal(Spawned, spawned.GetProperty("type").GetInt32());
            Assert.Single(spawned.GetProperty("holds").EnumerateArray());
            Assert.Equal(code, _exec.Message(Exited)[1].GetInt32());
        }

        Assert.Equal(0, _init.Stop());
    }

    [Fact]
    public void A_start_that_fails_names_the_stage_and_leaves_nothing_to_reap()
    {
        _exec.Order("""{"do":"spawn","argv":["no-such-program"]}""");
        Assert.Equal("exec", _exec.Message(SpawnFailed)[0].GetString());
        Assert.DoesNotContain(ProcessStat.ReadAll(), process => process.Parent == _init.InitPid() && process.IsZombie);
        Assert.Equal(0, _init.Stop());
    }

    [Fact]
    public void A_child_is_in_the_same_kind_of_cgroup_as_with_it()
    {
        string seen = Path.Combine(_installation.Root, "seen");
        _exec.Order($$"""{"do":"spawn","argv":["sh","-c","grep 0:: /proc/self/cgroup > {{seen}}"]}""");
        Assert.Equal(0, _exec.Message(Exited)[1].GetInt32());
        Assert.Equal(WritableCgroups.AreThere, File.ReadAllText(seen).Contains("/run-", StringComparison.Ordinal));
        Assert.Equal(0, _init.Stop());
    }
}
