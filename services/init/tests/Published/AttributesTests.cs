using System.Text.Json;

namespace PvExec.Init.Tests.Published;

public sealed class AttributesTests : IDisposable
{
    private const int Spawned = 66, SpawnFailed = 67, Failed = 69, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void A_child_is_what_was_asked_for()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string seen = SeenFile();
        exec.Order($$"""
            {"do":"spawn","attributes":[65534,65533,[7,8],[7,33,44,4,0,-1],5,300,63,true,null,false],"argv":["sh","-c",
            "(id -u; id -g; id -G; ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; nice; cat /proc/$$/oom_score_adj; umask; grep NoNewPrivs /proc/$$/status) > {{seen}}"]}
            """);
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(
            ["65534", "65533", "65533 7 8", "33", "44", "0", "unlimited", "5", "300", "0077", "NoNewPrivs:\t1"],
            File.ReadAllLines(seen));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Another_user_keeps_none_of_roots_groups()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string seen = SeenFile();
        exec.Order($$"""{"do":"spawn","attributes":[65534,65534,null,[],null,null,null,false,null,true],"argv":["sh","-c","id -G > {{seen}}"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(["65534"], File.ReadAllLines(seen));
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData("choom", "-n", "17", "--")]
    [InlineData("choom", "-n", "17", "--", "setpriv", "--bounding-set=-sys_resource")]
    public void A_child_without_wishes_has_what_pv_init_was_started_with_and_pv_init_the_lowest_oom_score(params string[] wrapper)
    {
        using RunningInit init = _installation.Start(wrapper: wrapper);
        StandIn exec = init.Connect("exec");
        int service = exec.Event("welcome").GetProperty("pid").GetInt32();
        string seen = SeenFile();
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","(cat /proc/$$/oom_score_adj; nice; id -u) > {{seen}}"]}""");
        exec.Message(Exited);
        Assert.Equal(["17", "0", "0"], File.ReadAllLines(seen));
        Assert.Equal("17", File.ReadAllText($"/proc/{service}/oom_score_adj").Trim());

        // What is lower is refused to it, or does not exist.
        int lowest = int.Parse(File.ReadAllText($"/proc/{init.InitPid()}/oom_score_adj"));
        Assert.True(lowest <= 17);
        exec.Order($$"""{"do":"spawn","attributes":[null,null,null,[],null,{{Math.Max(-1000, lowest - 1)}},null,false,null,true],"argv":["true"]}""");
        Assert.Equal(lowest == -1000 ? Exited : SpawnFailed, NextAnswer(exec));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_terminal_controls_the_childs_session()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","terminal":true,"attributes":[null,null,null,[],null,null,null,false,0,true],"argv":["sh","-c","exec 3< /dev/tty"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        exec.Order("""{"do":"spawn","terminal":true,"argv":["sh","-c","exec 3< /dev/tty"]}""");
        Assert.Equal(2, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(1, false, true)]
    [InlineData(2, false, false)]
    public void Grouping_says_what_the_child_leads(int grouping, bool session, bool group)
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string seen = SeenFile();
        exec.Order($$"""{"do":"spawn","grouping":{{grouping}},"argv":["sh","-c","cut -d' ' -f1,5,6 /proc/$$/stat > {{seen}}"]}""");
        exec.Message(Exited);
        string[] fields = File.ReadAllText(seen).Split(' ', StringSplitOptions.TrimEntries);
        Assert.Equal((group, session), (fields[1] == fields[0], fields[2] == fields[0]));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void What_cannot_be_set_is_told_with_its_stage_and_what_cannot_be_meant_with_its_field()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","attributes":[null,null,null,[],null,null,null,false,1,true],"kept":true,"argv":["true"]}""");
        Assert.Equal("terminal", exec.Message(SpawnFailed)[0].GetString());
        exec.Order("""{"do":"spawn","attributes":[null,null,null,[],99,null,null,false,null,true],"label":"odd","argv":["true"]}""");
        Assert.Contains("'odd' has nice 99", exec.Message(Failed)[1].GetString());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void The_answer_carries_a_pidfd_that_was_asked_for_and_the_exit_its_times_and_usage()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string gate = Path.Combine(_installation.Root, "gate");
        RunningInit.Run("mkfifo", gate);
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","read x < {{gate}}; kill -SEGV $$"],"attributes":[null,null,null,[],null,null,null,false,null,true,true]}""");
        JsonElement spawned = exec.Event("message");
        Assert.Equal(Spawned, spawned.GetProperty("type").GetInt32());
        Assert.Equal(spawned.GetProperty("body")[1].GetInt32(), Assert.Single(spawned.GetProperty("holds").EnumerateArray()).GetInt32());
        File.WriteAllText(gate, "go\n");
        JsonElement exited = exec.Message(Exited);
        long after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000 + 1000;
        Assert.Equal(11, exited[2].GetInt32());
        Assert.Equal(spawned.GetProperty("body")[2].GetInt64(), exited[8].GetInt64());
        Assert.InRange(exited[8].GetInt64(), before - 1000, exited[7].GetInt64());
        Assert.InRange(exited[7].GetInt64(), exited[8].GetInt64(), after);
        Assert.False(exited[9].GetBoolean());
        Assert.True(exited[10].GetInt64() > 0, "a program without a page fault");
        Assert.True(exited[14].GetInt64() + exited[15].GetInt64() >= 0);
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void The_exit_says_whether_a_core_was_written(int limit)
    {
        // Where it goes is the machine's to say: what wait(2) says here is what is expected.
        string expected = Path.Combine(_installation.Root, "expected");
        const string Reference = "import os, resource, signal, sys; pid = os.fork(); limit = int(sys.argv[1]); os.chdir(sys.argv[2]);\nif pid == 0: resource.setrlimit(resource.RLIMIT_CORE, (limit, -1)); os.kill(os.getpid(), signal.SIGABRT)\nopen(sys.argv[3], 'w').write(str(os.WCOREDUMP(os.waitpid(pid, 0)[1])))";
        RunningInit.Run("python3", "-c", Reference, $"{limit}", _installation.Root, expected);
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order($$"""{"do":"spawn","directory":"{{_installation.Root}}","attributes":[null,null,null,[4,{{limit}},-1],null,null,null,false,null,true],"argv":["sh","-c","kill -ABRT $$"]}""");
        JsonElement exited = exec.Message(Exited);
        Assert.Equal(6, exited[2].GetInt32());
        Assert.Equal(bool.Parse(File.ReadAllText(expected)), exited[3].GetBoolean());
        Assert.Equal(0, init.Stop());
    }

    /// <summary>The type of the next message but Spawned.</summary>
    private static int NextAnswer(StandIn exec)
    {
        int type;
        while ((type = exec.Event("message").GetProperty("type").GetInt32()) == Spawned)
        {
        }

        return type;
    }

    /// <summary>A file that any user may write.</summary>
    private string SeenFile()
    {
        string file = Path.Combine(_installation.Root, "seen");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, (UnixFileMode)0x1b6);
        File.SetUnixFileMode(_installation.Root, (UnixFileMode)0x1ed);
        return file;
    }
}
