using System.Text.Json;
using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Published;

public sealed class DroppedExitsTests : IDisposable
{
    private const int Exited = 71, ExitsDropped = 80;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Who_acknowledges_too_late_is_told_how_many_exits_are_gone()
    {
        using RunningInit init = _installation.Start(["--kept-exits", "3"]);
        StandIn exec = init.Connect("exec");
        SpawnAndAwait(exec, 5);
        Assert.Equal(1, exec.Message(ExitsDropped)[0].GetInt64());
        init.WaitFor("3 exits wait to be acknowledged: forgot 1");

        // Those that are kept are the newest.
        exec.Order("""{"do":"exit","code":3}""");
        init.WaitFor("exec is back");
        JsonElement welcome = init.Connect("exec").Event("welcome");
        Assert.Equal([2, 3, 4], welcome.GetProperty("owned").EnumerateArray().Select(one => one.GetProperty("exit")[1].GetInt32()));
        Assert.Equal(0, welcome.GetProperty("dropped").GetInt64());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_service_that_was_away_is_told_when_it_connects()
    {
        string gate = Path.Combine(_installation.Root, "gate");
        string hold = Path.Combine(_installation.Root, "hold");
        RunningInit.Run("mkfifo", gate);
        using RunningInit init = _installation.Start(["--kept-exits", "3"], environment: ("STAND_IN_HOLD_EXEC", hold));
        StandIn exec = init.Connect("exec");
        exec.Order($$"""{"do":"spawn","count":8,"argv":["sh","-c","read x < {{gate}}"]}""");
        int[] children = [.. Enumerable.Range(0, 8).Select(_ => exec.Message(66)[1].GetInt32())];

        // It is away before the first of them ends, and comes back after the last.
        RunningInit.Run("mkfifo", hold);
        exec.Order("""{"do":"exit","code":3}""");
        init.WaitFor("exec (pid");
        File.WriteAllText(gate, "");
        Assert.True(SpinWait.SpinUntil(() => children.All(pid => ProcessStat.TryRead(pid) is null), RunningInit.Patience), "they run on");
        File.WriteAllText(hold, "");
        init.WaitFor("exec is back");
        JsonElement welcome = init.Connect("exec").Event("welcome");
        Assert.Equal(5, welcome.GetProperty("dropped").GetInt64());
        Assert.Equal(3, welcome.GetProperty("owned").GetArrayLength());
        Assert.Equal(0, init.Stop());
    }

    private static void SpawnAndAwait(StandIn exec, int count)
    {
        for (int i = 0; i < count; i++)
        {
            exec.Order($$"""{"do":"spawn","argv":["sh","-c","exit {{i}}"]}""");
            Assert.Equal(i, exec.Message(Exited)[1].GetInt32());
        }
    }
}
