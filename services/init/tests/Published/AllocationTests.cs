using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed partial class AllocationTests : IDisposable
{
    private const int Cycles = 1_000;
    private const int Spawned = 66, SpawnFailed = 67, Done = 68, Failed = 69, ServiceList = 70, Exited = 71;

    private readonly Installation _installation = new();

    private RuntimePaths Paths => new(_installation.Runtime);

    /// <summary>Without cgroups the process table is listed, and more processes than ever before need more room for it: other tests' do not count.</summary>
    private static string[] Alone => [.. WritableCgroups.Hidden, "unshare", "-pf", "--mount-proc", "--kill-child"];

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData("true", true)]
    [InlineData("true", false)]
    public void A_start_an_exit_and_an_acknowledgement_allocate_nothing_once_warm(string program, bool cgroup)
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"acknowledge"}""");
        string spawn = $$"""{"do":"spawn","kept":true,"attributes":[null,null,null,[4,0,0],1,null,18,true,null,{{(cgroup ? "true" : "false")}}],"argv":["{{program}}","a","b"]}""";
        AssertFree(exec, () =>
        {
            exec.Order(spawn);
            Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        });
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData("true & exit 0")]
    [InlineData("setsid -f true; exit 7")]
    public void An_orphan_that_ends_allocates_nothing_once_warm(string script)
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"acknowledge"}""");
        AssertFree(exec, () =>
        {
            exec.Order($$"""{"do":"spawn","argv":["sh","-c","{{script}}"]}""");
            exec.Message(Exited);
        });
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData("""{"do":"spawn","argv":["no-such-program"]}""", SpawnFailed)]
    [InlineData("""{"do":"spawn","fill":1,"argv":["no-such-program"]}""", SpawnFailed)]
    public void A_start_that_fails_and_one_in_a_memory_file_allocate_nothing_once_warm(string order, int answer)
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        AssertFree(exec, () =>
        {
            exec.Order(order);
            exec.Message(answer);
        });
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signal_to_a_child_its_group_or_its_tree_allocates_nothing_once_warm(bool withCgroups)
    {
        Assert.SkipUnless(!withCgroups || WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start(wrapper: withCgroups ? [] : Alone);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sh","-c","sleep 1000 & sleep 1000"]}""");
        ulong child = exec.Message(Spawned)[0].GetUInt64();
        AssertFree(exec, () =>
        {
            foreach (int scope in new[] { 0, 1, 2 })
            {
                // SIGWINCH: ignored by default.
                exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{child}},28,{{scope}}]}""");
                exec.Message(Done);
            }
        });
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_anybody_is_left_of_a_tree_is_answered_without_allocating_once_warm(bool withCgroups)
    {
        Assert.SkipUnless(!withCgroups || WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start(wrapper: withCgroups ? [] : Alone);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sh","-c","sleep 1000 & exit 0"]}""");
        ulong left = exec.Message(Exited)[0].GetUInt64();
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        ulong gone = exec.Message(Exited)[0].GetUInt64();
        AssertFree(exec, () =>
        {
            exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{left}},0,2]}""");
            exec.Message(Done);
            exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{gone}},0,2]}""");
            exec.Message(Failed);
        });
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData("WATCHDOG=1")]
    [InlineData("STATUS=three of four done, and the fourth is on its way")]
    [InlineData("RELOADING=1\\nMONOTONIC_USEC=1", "READY=1")]
    [InlineData("EXTEND_TIMEOUT_USEC=1000000\\nWATCHDOG_USEC=30000000\\nUNKNOWN=1")]
    public void A_notification_allocates_nothing_once_warm(params string[] texts)
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        AssertFree(exec, () =>
        {
            foreach (string text in texts)
            {
                exec.Order($$"""{"do":"notify","text":"{{text}}"}""");
            }

            Settle(exec);
        });
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_descriptor_that_is_stored_and_removed_allocates_nothing_once_warm()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        AssertFree(exec, () =>
        {
            exec.Order("""{"do":"notify","text":"FDSTORE=1\nFDNAME=one","contents":"x"}""");
            exec.Order("""{"do":"notify","text":"FDSTORE=1","contents":"x"}""");
            exec.Order("""{"do":"notify","text":"FDSTOREREMOVE=1\nFDNAME=one"}""");
            exec.Order("""{"do":"notify","text":"FDSTOREREMOVE=1\nFDNAME=stored"}""");
            exec.Order("""{"do":"barrier"}""");
            exec.Event("lifted");
        });
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_connection_that_comes_and_goes_allocates_nothing_once_warm()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        var sender = new MessageSender();
        var receiver = new MessageReceiver();
        AssertFree(exec, () =>
        {
            using PacketSocket caller = PacketSocket.TryConnect(Paths.Init, out _)!;
            Assert.Equal(0, sender.Send(caller, 1, new Hello(InitProtocol.Version, "")));
            Assert.Equal(ReceiveResult.Message, receiver.Receive(caller, out InitPacket packet, out _));
            Assert.Equal(MessageType.Welcome, packet.Type);
        });
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_line_in_the_log_allocates_nothing_once_warm()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        using PacketSocket stranger = PacketSocket.TryConnectDatagram(Paths.Notify, out _)!;
        AssertFree(exec, () =>
        {
            Assert.Equal(0, stranger.TrySend("READY=1"u8));
            init.WaitFor("ignored a notification of pid ");
            using PacketSocket caller = PacketSocket.TryConnect(Paths.Init, out _)!;
            Assert.Equal(0, caller.TrySend([0x93, 5, 1, 0x90]));
            init.WaitFor("something before Hello: a message of type 5");
        });
        Assert.Equal(0, init.Stop());
    }

    /// <summary>What was notified has been read when this is answered, or the next time.</summary>
    private static void Settle(StandIn exec)
    {
        exec.Order("""{"do":"send","type":3,"correlation":5,"body":[1,28,0]}""");
        exec.Message(Done);
    }

    /// <summary>The smallest object has 24 bytes: less than one byte a cycle is none.</summary>
    private static void AssertFree(StandIn exec, Action cycle)
    {
        for (int i = 0; i < Cycles; i++)
        {
            cycle();
        }

        long before = Allocated(exec);
        long ofAsking = Allocated(exec) - before;
        before = Allocated(exec);
        for (int i = 0; i < Cycles; i++)
        {
            cycle();
        }

        long ofCycles = Allocated(exec) - before - ofAsking;
        Assert.True(ofCycles < Cycles, $"{ofCycles} bytes in {Cycles} cycles, {ofCycles / Cycles} each");
    }

    private static long Allocated(StandIn exec)
    {
        exec.Order("""{"do":"send","type":5,"correlation":1,"body":[]}""");
        JsonElement list = exec.Message(ServiceList);
        return long.Parse(Bytes().Match(list[0][0][3].GetString()!).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("([0-9]+) bytes allocated")]
    private static partial Regex Bytes();
}
