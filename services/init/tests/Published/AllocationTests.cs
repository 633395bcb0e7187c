using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PvExec.Init.Tests.Published;

public sealed partial class AllocationTests : IDisposable
{
    private const int Cycles = 1_000;
    private const int Spawned = 66, Done = 68, ServiceList = 70, Exited = 71;

    private readonly Installation _installation = new();

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

    [Fact]
    public void A_signal_to_a_child_allocates_nothing_once_warm()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sleep","1000"]}""");
        ulong child = exec.Message(Spawned)[0].GetUInt64();
        AssertFree(exec, () =>
        {
            foreach (int scope in new[] { 0, 1 })
            {
                // SIGWINCH: ignored by default.
                exec.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{child}},28,{{scope}}]}""");
                exec.Message(Done);
            }
        });
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_sign_of_life_allocates_nothing_once_warm()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        AssertFree(exec, () =>
        {
            exec.Order("""{"do":"notify","text":"WATCHDOG=1"}""");

            // Answered after it has been read, or with the next.
            exec.Order("""{"do":"send","type":3,"correlation":5,"body":[1,28,0]}""");
            exec.Message(Done);
        });
        Assert.Equal(0, init.Stop());
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
