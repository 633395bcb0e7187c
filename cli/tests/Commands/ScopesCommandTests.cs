using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class ScopesCommandTests
{
    [Fact]
    public async Task Scopes_are_shown_in_a_table_with_a_line_for_each_holder_and_waiter()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await ScopesAsync(daemon);

        Assert.Equal("", ran.Error);
        Assert.Equal(
            """
            SCOPE  STATE  ACCESS  REASON            HOLDER       FOR
            dep    holds  read    a look around     me           2m 5s
            src    holds  write   common/build\x1B  R1           2m 5s
            src    waits  read    autosave          pv-worktree  2m 5s
            src    waits  -       and 2 more        -            -

            """,
            ran.Text);
    }

    [Fact]
    public async Task Scopes_are_shown_as_one_object_of_JSON()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await ScopesAsync(daemon, "--json");

        JsonElement scopes = JsonDocument.Parse(ran.Text).RootElement.GetProperty("scopes");
        Assert.Equal(["dep", "src"], scopes.EnumerateArray().Select(scope => scope.GetProperty("scope").GetString()));
        JsonElement holder = scopes[1].GetProperty("holders")[0];
        Assert.Equal(("R1", "write", 125.0), (holder.GetProperty("holder").GetString(), holder.GetProperty("access").GetString(), holder.GetProperty("seconds").GetDouble()));
        Assert.Equal(3, scopes[1].GetProperty("waiterCount").GetInt32());
    }

    [Fact]
    public async Task Each_change_is_a_line_where_the_output_is_no_terminal()
    {
        const string expected =
            """
            1970-01-01 00:03:05Z  dep  a look around (me) reads
            1970-01-01 00:03:05Z  src  common/build\x1B (R1) writes; autosave (pv-worktree) waits to read; 2 more wait
            1970-01-01 00:03:05Z  dep  free
            1970-01-01 00:03:05Z  src  free

            """;
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Ran ran = New();
        daemon.Tasks.AfterScopes = async gone =>
        {
            await ran.OutputStream.ReachesAsync(expected.Length);
            ran.Signals.Send(CallerSignal.Interrupt);
            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "scopes", "--watch");

        Assert.Equal((130, "", expected), (ran.Code, ran.Error, ran.Text));
    }

    [Fact]
    public async Task A_watch_goes_on_over_a_broken_connection_and_tells_what_has_changed_meanwhile()
    {
        const string expected =
            """
            1970-01-01 00:01:00Z  dep  a look (me) reads
            1970-01-01 00:01:00Z  src  build (R1) writes
            1970-01-01 00:01:00Z  lib  build (R2) writes
            1970-01-01 00:01:00Z  src  free

            """;
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran { Clock = new StandingClock(Told.Time.ToDateTimeOffset()), Patience = TimeSpan.FromMinutes(1) };
        ScopeUse dep = Use("dep", "me", "a look", writes: false);
        int calls = 0;
        daemon.Tasks.OnScopes = async (tell, gone) =>
        {
            if (++calls == 1)
            {
                await tell(new ScopesChanged { IsAll = true, Scopes = { dep, Use("src", "R1", "build", writes: true) } });
                throw new RpcException(new Status(StatusCode.Unavailable, "pv-exec was killed"));
            }

            dep.Holders[0].Since = Timestamp.FromDateTimeOffset(Told.Time.ToDateTimeOffset().AddSeconds(-1));
            await tell(new ScopesChanged { IsAll = true, Scopes = { dep, Use("lib", "R2", "build", writes: true) } });
            await ran.OutputStream.ReachesAsync(expected.Length);
            ran.Signals.Send(CallerSignal.Interrupt);
            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "scopes", "--watch");

        Assert.Equal((130, "", expected, 2), (ran.Code, ran.Error, ran.Text, calls));
    }

    [Fact]
    public async Task Whoever_watches_is_told_once_that_the_daemon_is_gone_and_for_how_long_it_is_looked_for()
    {
        TestDaemon daemon = await TestDaemon.StartAsync();
        string port = daemon.Port;
        daemon.Tasks.AfterScopes = gone => Task.Delay(Timeout.Infinite, gone);
        var ran = new Ran { Patience = TimeSpan.FromMinutes(2) };

        Task running = ran.RunAsync("-p", port, "scopes", "--watch");
        await ran.OutputStream.ReachesAsync(1);
        await daemon.DisposeAsync();
        await ran.ErrorStream.ReachesAsync(1);
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Equal(130, ran.Code);
        Assert.Matches($@"^pv_exec: no daemon answers at 127\.0\.0\.1:{port} \(.+\): calling again for up to 120 s\n$", ran.Error);
    }

    [Fact]
    public async Task Each_change_is_a_line_of_JSON()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await ScopesAsync(daemon, "--watch", "--json");

        JsonElement[] lines = [.. ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            ["dep 1", "src 1", "dep 0", "src 0"],
            lines.Select(line => $"{line.GetProperty("scope").GetString()} {line.GetProperty("holders").GetArrayLength()}"));
    }

    [Fact]
    public async Task A_terminal_is_redrawn()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await ScopesAsync(daemon, isTerminal: true, "--watch");

        string[] screens = ran.Text.Split("\x1b[H\x1b[J", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("2 scopes in use", screens[0], StringComparison.Ordinal);
        Assert.Contains("dep    holds", screens[0], StringComparison.Ordinal);
        Assert.Contains("0 scopes in use", screens[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_when_nobody_reads_though_nothing_changes()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.AfterScopes = gone => Task.Delay(Timeout.Infinite, gone);
        var ran = new Ran();
        ran.Unread.SetResult();

        await ran.RunAsync("-p", daemon.Port, "scopes", "--watch");

        Assert.Equal((141, ""), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("the system is stopping: no run is left to hold any scope")]
    [InlineData("the front is stopping: it takes no new calls")]
    public async Task A_daemon_that_stops_is_not_to_be_tried_again_but_started(string said)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.AfterScopes = _ => throw new RpcException(new Status(StatusCode.Unavailable, said));

        Ran ran = await ScopesAsync(daemon, "--watch");

        Assert.Equal(111, ran.Code);
        Assert.Equal($"pv_exec: {said}: once it has ended, which 'pv_exec services' shows, start it again with 'pv_exec daemon'\n", ran.Error);
    }

    [Fact]
    public async Task A_text_that_names_no_scope_is_refused_by_the_daemon()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await ScopesAsync(daemon, "..");

        Assert.Equal((1, ""), (ran.Code, ran.Text));
        Assert.Equal("pv_exec: scope '..' has the segment '..'\n", ran.Error);
    }

    private static Ran New(bool isTerminal = false) => new() { Clock = new StandingClock(DateTimeOffset.UnixEpoch + new TimeSpan(0, 3, 5)), IsOutTerminal = isTerminal };

    private static ScopeUse Use(string scope, string holder, string reason, bool writes) =>
        new() { Scope = scope, HolderCount = 1, Holders = { FakeTasks.User(holder, reason, holds: true, writes) } };

    private static Task<Ran> ScopesAsync(TestDaemon daemon, params string[] words) => ScopesAsync(daemon, isTerminal: false, words);

    private static async Task<Ran> ScopesAsync(TestDaemon daemon, bool isTerminal, params string[] words)
    {
        Ran ran = New(isTerminal);
        await ran.RunAsync(["-p", daemon.Port, "scopes", .. words]);
        return ran;
    }
}
