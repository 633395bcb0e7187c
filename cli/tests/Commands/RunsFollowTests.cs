using System.Text.Json;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

/// <summary><c>runs --follow</c>.</summary>
public sealed class RunsFollowTests
{
    private static readonly StandingClock s_clock = new(DateTimeOffset.UnixEpoch.AddSeconds(125));

    [Fact]
    public async Task What_changes_is_followed_over_a_broken_connection_and_told_once()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran { Clock = TimeProvider.System, Patience = TimeSpan.FromMinutes(1) };
        const string expected =
            """
            1970-01-01 00:00:00Z  R1  common/build  waiting
            1970-01-01 00:01:00Z  R1  common/build  running
            1970-01-01 00:01:00Z  R1  common/build  ended 2 after 0.0s, finish 7

            """;
        int calls = 0;
        daemon.Tasks.OnWatch = async (tell, gone) =>
        {
            Run waiting = FakeTasks.New("R1", RunState.Waiting, _ => { });
            Run running = FakeTasks.New("R1", RunState.Running, run => run.Started = Told.Started().Started);
            Run ended = FakeTasks.New("R1", RunState.Ended, run => (run.Started, run.Exited) = (Told.Started().Started, Told.Exited(2).Exited));
            ended.Exited.Finish = new FinishEnd { Code = 7 };
            Run old = FakeTasks.New("R0", RunState.Ended, run => run.Exited = Told.Exited().Exited);
            if (++calls == 1)
            {
                await tell(new RunsChanged { IsAll = true });
                await tell(new RunsChanged { Runs = { waiting } });
                await tell(new RunsChanged { Runs = { running } });
                throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
            }

            await tell(new RunsChanged { IsAll = true, Runs = { old } });
            await tell(new RunsChanged { Runs = { ended } });
            await ran.OutputStream.ReachesAsync(expected.Length);
            ran.Signals.Send(CallerSignal.Interrupt);
            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "runs", "--follow", "--live");

        Assert.Equal(130, ran.Code);
        Assert.Equal(expected, ran.Text);
    }

    [Fact]
    public async Task Whoever_follows_is_told_once_that_the_daemon_is_gone_and_for_how_long_it_is_looked_for()
    {
        TestDaemon daemon = await TestDaemon.StartAsync();
        string port = daemon.Port;
        var ran = new Ran { Patience = TimeSpan.FromMinutes(2) };
        daemon.Tasks.OnWatch = async (tell, gone) =>
        {
            await tell(new RunsChanged { IsAll = true, Runs = { FakeTasks.New("R1", RunState.Waiting, _ => { }) } });
            await Task.Delay(Timeout.Infinite, gone);
        };

        Task running = ran.RunAsync("-p", port, "runs", "--follow");
        await ran.OutputStream.ReachesAsync(1);
        await daemon.DisposeAsync();
        await ran.ErrorStream.ReachesAsync(1);
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Equal(130, ran.Code);
        Assert.Matches($@"^pv_exec: no daemon answers at 127\.0\.0\.1:{port} \(.+\): calling again for up to 120 s\n$", ran.Error);
    }

    [Fact]
    public async Task Whoever_follows_over_a_short_break_is_told_nothing_of_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran { Patience = TimeSpan.FromMinutes(2), Clock = s_clock };
        int calls = 0;
        daemon.Tasks.OnWatch = async (tell, gone) =>
        {
            await tell(new RunsChanged { Runs = { FakeTasks.New($"R{++calls}", RunState.Waiting, _ => { }) } });
            await ran.OutputStream.ReachesAsync(1);
            if (calls < 3)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "pv-exec is not available"));
            }

            ran.Signals.Send(CallerSignal.Interrupt);
            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "runs", "--follow");

        Assert.Equal((130, "", 3), (ran.Code, ran.Error, calls));
    }

    [Fact]
    public async Task A_run_that_is_being_started_is_told_when_it_has_started()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        daemon.Tasks.OnWatch = async (tell, gone) =>
        {
            await tell(new RunsChanged { IsAll = true, Runs = { FakeTasks.New("R1", RunState.Running, _ => { }) } });
            await tell(new RunsChanged { Runs = { FakeTasks.New("R1", RunState.Running, run => run.Started = Told.Started().Started) } });
            await ran.OutputStream.ReachesAsync(1);
            ran.Signals.Send(CallerSignal.Interrupt);
            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "runs", "--follow", "--json");

        JsonElement line = JsonDocument.Parse(Assert.Single(ran.Text.TrimEnd('\n').Split('\n'))).RootElement;
        Assert.Equal(("running", JsonValueKind.String), (line.GetProperty("state").GetString(), line.GetProperty("started").ValueKind));
    }
}
