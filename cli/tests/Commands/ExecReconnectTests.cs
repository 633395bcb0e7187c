using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

/// <summary>Connections that break while <c>exec -w</c> waits.</summary>
public sealed class ExecReconnectTests
{
    private static readonly RpcException s_gone = new(new Status(StatusCode.Unavailable, "pv-exec is gone"));

    [Fact]
    public async Task A_run_that_has_started_is_attached_to_where_it_broke_off_and_never_asked_for_again()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("abc"));
            await tell(Told.Err("x"));
            throw s_gone;
        };
        daemon.Tasks.OnAttach = async (_, tell, _) =>
        {
            await tell(Told.Started());
            await tell(Told.Out("cd", 2));
            await tell(Told.Err("y", 1));
            await tell(Told.Exited(3));
        };
        var ran = new Ran { Patience = TimeSpan.FromMinutes(1) };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((3, "abcd", "xy"), (ran.Code, ran.Text, ran.Error));
        Assert.Single(daemon.Tasks.Asked);
        AttachRequest attached = daemon.Tasks.Attached.Single();
        Assert.Equal(("R1", 3ul, 1ul), (attached.RunId, attached.StdoutOffset, attached.StderrOffset));
    }

    [Fact]
    public async Task A_run_that_waits_is_asked_for_again_with_its_token()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted("R1"));
            await tell(Told.Queued());
            if (daemon.Tasks.Asked.Count < 3)
            {
                throw s_gone;
            }

            await tell(Told.Started());
            await tell(Told.Exited(4));
        };
        var ran = new Ran { Patience = TimeSpan.FromMinutes(1) };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal(4, ran.Code);
        Assert.Equal(3, daemon.Tasks.Asked.Count);
        string token = Assert.Single(daemon.Tasks.Asked.Select(request => request.ClientToken).Distinct());
        Assert.NotEmpty(token);
    }

    [Fact]
    public async Task Every_command_has_a_token_of_its_own()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "task");
        await Ran.CommandAsync("-p", daemon.Port, "exec", "task");

        Assert.Equal(2, daemon.Tasks.Asked.Select(request => request.ClientToken).Distinct().Count());
    }

    [Fact]
    public async Task A_daemon_that_stays_away_is_given_up_with_the_run_named()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("abc"));
            throw s_gone;
        };
        daemon.Tasks.OnAttach = (_, _, _) => throw s_gone;
        var ran = new Ran { Patience = TimeSpan.FromMilliseconds(60) };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((111, "abc"), (ran.Code, ran.Text));
        Assert.StartsWith("pv_exec: run R1 of 'task' may still run, but the daemon stayed away (pv-exec is gone)", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_known_no_longer_is_not_run_again()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            throw s_gone;
        };
        daemon.Tasks.OnAttach = (_, _, _) => throw new RpcException(new Status(StatusCode.NotFound, "there is no run R1"));
        var ran = new Ran { Patience = TimeSpan.FromMinutes(1) };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((1, "pv_exec: there is no run R1\n"), (ran.Code, ran.Error));
        Assert.Single(daemon.Tasks.Asked);
    }
}
