using System.Globalization;
using System.Text.Json;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Tests.Published;

public sealed class StormTests : IDisposable
{
    private const int Spawned = 66, SpawnFailed = 67, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Of_two_thousand_children_that_end_at_once_none_is_lost()
    {
        const int Children = 2_000;
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string gate = Path.Combine(_installation.Root, "gate");
        RunningInit.Run("mkfifo", gate);
        exec.Order($$"""{"do":"spawn","count":{{Children}},"correlation":1,"argv":["cat","{{gate}}"]}""");
        var running = new HashSet<ulong>();
        var pids = new List<int>();
        while (running.Count < Children)
        {
            JsonElement spawned = exec.Message(Spawned);
            Assert.True(running.Add(spawned[0].GetUInt64()));
            pids.Add(spawned[1].GetInt32());
        }

        // One that opened the file only after its end came would wait for ever: each sleeps in its open(2) first.
        Assert.True(SpinWait.SpinUntil(() => pids.TrueForAll(pid => ProcessStat.TryRead(pid)?.State == 'S'), RunningInit.Patience), "they do not wait");

        // The end of the file reaches all of them together.
        File.WriteAllText(gate, "");
        while (running.Count > 0)
        {
            JsonElement exit = exec.Message(Exited);
            Assert.Equal(0, exit[1].GetInt32());
            Assert.True(running.Remove(exit[0].GetUInt64()), "told twice");
        }

        Assert.DoesNotContain(ProcessStat.ReadAll(), process => process.Parent == init.InitPid() && process.IsZombie);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Daemons_that_forked_twice_are_reaped_when_they_end()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string gate = Path.Combine(_installation.Root, "gate");
        string pids = Path.Combine(_installation.Root, "pids");
        RunningInit.Run("mkfifo", gate);
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","for i in 1 2 3 4 5 6 7 8; do setsid -f setsid -f sh -c 'echo $$ >> {{pids}}; exec cat {{gate}}'; done"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        int[] daemons = [];
        Assert.True(
            SpinWait.SpinUntil(
                () => File.Exists(pids) && (daemons = [.. File.ReadAllLines(pids).Select(line => int.Parse(line, CultureInfo.InvariantCulture))]).Length == 8
                    && daemons.All(pid => ProcessStat.TryRead(pid)?.Parent == init.InitPid()),
                RunningInit.Patience),
            "the daemons do not become children of pv-init");
        File.WriteAllText(gate, "");
        Assert.True(SpinWait.SpinUntil(() => daemons.All(pid => ProcessStat.TryRead(pid) is null), RunningInit.Patience), "zombies stay");
        Assert.Equal(0, init.Stop());
    }

    /// <summary>Each child leaves orphans that have ended; before them in pv-init's list stand children that are older and end all the time.</summary>
    [Fact]
    public void Orphans_are_reaped_while_children_start_and_end_without_a_pause()
    {
        const int Batch = 100;
        using RunningInit init = _installation.Start();
        int pid = init.InitPid();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"acknowledge"}""");
        var looks = new List<HashSet<(int Pid, ulong Start)>>();
        string order = $$"""{"do":"spawn","count":{{Batch}},"argv":["sh","-c",": & : & : & : & : & : & : & : & exec sleep 0.1"]}""";
        exec.Order(order);
        for (int round = 0; round < 20; round++)
        {
            exec.Order(order);
            for (int ended = 0; ended < Batch; ended++)
            {
                exec.Message(Exited);
            }

            looks.Add([.. from process in ProcessStat.ReadAll() where process.Parent == pid && process.IsZombie select (process.Pid, process.StartTicks)]);
        }

        // How many there are at a look is a matter of the machine's speed. But some children whose ends were told between two looks, with one
        // between them, were started after the first of the two: they ended after whoever was a zombie then, who has had a turn before them.
        Assert.All(looks.Zip(looks.Skip(2)), pair => Assert.Empty(pair.First.Intersect(pair.Second)));
        Assert.True(
            SpinWait.SpinUntil(() => !ProcessStat.ReadAll().Any(process => process.Parent == pid && process.IsZombie), RunningInit.Patience), "zombies stay");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_full_process_table_fails_the_start_and_nothing_else()
    {
        // Another user's limit binds, root's does not. Nobody else in a test runs as this one.
        const string User = "64123";
        RunningInit.Run("chown", "-R", User, _installation.Root);
        string directory = Path.Combine(_installation.Root, "bin");
        using RunningInit init = _installation.Start(
            wrapper: ["prlimit", "--nproc=60:60", "setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"]);
        Assert.True(Directory.Exists(directory));
        StandIn exec = init.Connect("exec");
        var running = new List<ulong>();
        JsonElement answer;
        do
        {
            exec.Order("""{"do":"spawn","argv":["sleep","1000"]}""");
            answer = exec.Event("message");
            if (answer.GetProperty("type").GetInt32() == Spawned)
            {
                running.Add(answer.GetProperty("body")[0].GetUInt64());
            }
        }
        while (answer.GetProperty("type").GetInt32() == Spawned);

        Assert.Equal(SpawnFailed, answer.GetProperty("type").GetInt32());
        Assert.Equal(["fork", "11"], answer.GetProperty("body").EnumerateArray().Select(field => field.ToString()));
        Assert.NotEmpty(running);
        foreach (ulong child in running)
        {
            exec.Order($$"""{"do":"send","type":3,"correlation":0,"body":[{{child}},9,2]}""");
            Assert.Equal(9, exec.Message(Exited)[2].GetInt32());
        }

        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Without_a_descriptor_left_a_child_starts_without_a_pidfd_and_is_signalled_all_the_same()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=64:64"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        List<PacketSocket> callers = [.. Enumerable.Range(0, 80).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("cannot accept a connection");
        exec.Order("""{"do":"spawn","argv":["sleep","1000"],"attributes":[null,null,null,[],null,null,null,false,null,true,true]}""");
        JsonElement spawned = exec.Event("message");
        Assert.Equal(Spawned, spawned.GetProperty("type").GetInt32());
        Assert.Empty(spawned.GetProperty("holds").EnumerateArray());
        exec.Order($$"""{"do":"send","type":3,"correlation":1,"body":[{{spawned.GetProperty("body")[0].GetUInt64()}},15,0]}""");
        Assert.Equal(15, exec.Message(Exited)[2].GetInt32());
        callers.ForEach(caller => caller.Dispose());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void It_works_with_standard_input_and_output_closed()
    {
        using RunningInit init = _installation.Start(wrapper: ["sh", "-c", "exec \"$0\" \"$@\" <&- >&-"]);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","kept":true,"argv":["sh","-c","test -e /proc/self/fd/0 -a ! -t 0 && exit 6"]}""");
        Assert.Equal(6, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Mutated_packets_of_a_hundred_connections_cost_nobody_else_anything()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        var random = new Random(20_261_124);
        byte[] hello = [0x93, 1, 1, 0x91, 1];
        for (int i = 0; i < 100; i++)
        {
            using PacketSocket caller = PacketSocket.TryConnect(socket, out _)!;
            var garbage = new byte[random.Next(1, 300)];
            random.NextBytes(garbage);
            hello.AsSpan(0, Math.Min(random.Next(hello.Length), garbage.Length)).CopyTo(garbage);
            _ = caller.TrySend(random.Next(2) == 0 ? hello : garbage);

            // It may have closed already.
            _ = caller.TrySend(garbage);
        }

        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("unexpected", StringComparison.Ordinal));
    }
}
