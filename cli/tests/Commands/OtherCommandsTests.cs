using System.Text.Json;
using PvExec.Cli.Tests.Rig;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Tests.Commands;

public sealed class OtherCommandsTests
{
    [Fact]
    public async Task Daemon_passes_its_flags_on_as_they_are()
    {
        Ran ran = await Ran.CommandAsync("-p", "5000", "daemon", "-exec-config-root", "/a", "--store=file:///s", "-worktree", "w", "-host", "::1");

        Assert.Equal(["--p", "5000", "-exec-config-root", "/a", "--store=file:///s", "-worktree", "w", "-host", "::1"], ran.InitArguments);
        Assert.Equal(111, ran.Code);
        Assert.Equal("pv_exec: cannot run pv-init\n", ran.Error);
    }

    [Fact]
    public async Task Daemon_passes_an_empty_value_on_as_it_is()
    {
        Ran ran = await Ran.CommandAsync("-host=", "daemon", "-worktree=", "--", "x", "-p=");

        Assert.Equal(["--host", "", "-worktree=", "--", "x", "-p="], ran.InitArguments);
    }

    [Fact]
    public async Task Daemon_passes_the_command_behind_two_dashes_on_as_it_is()
    {
        Ran ran = await Ran.CommandAsync("daemon", "-main", "process:web", "--", "npm", "-p", "--help", "--", "start");

        Assert.Equal(["-main", "process:web", "--", "npm", "-p", "--help", "--", "start"], ran.InitArguments);
    }

    [Theory]
    [InlineData("daemon --help")]
    [InlineData("daemon -h")]
    [InlineData("daemon -store x --help")]
    public async Task Daemons_help_lists_every_flag_and_variable(string words)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));

        Assert.Equal(0, ran.Code);
        Assert.Null(ran.InitArguments);
        foreach (DaemonFlag flag in DaemonFlags.All)
        {
            Assert.Contains($"-{flag.Name} {flag.Argument}", ran.Text, StringComparison.Ordinal);
            Assert.Contains($"${flag.Variable}", ran.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Services_are_listed_in_a_table()
    {
        Ran ran = await Ran.CommandAsync("services");

        Assert.Equal("/run/pv-exec", ran.AskedDirectory);
        Assert.Equal("NAME  PID  STATE  RESTARTS  UPTIME  MEMORY\nexec  42   ready  1         1m 5s   9.0 MiB\n", ran.Text);
    }

    [Theory]
    [InlineData("--json", "--runtime-dir")]
    [InlineData("-json", "-runtime-dir")]
    public async Task Services_are_listed_as_JSON(string json, string directory)
    {
        Ran ran = await Ran.CommandAsync("services", json, directory, "rt");

        Assert.Equal("/here/rt", ran.AskedDirectory);
        JsonElement service = JsonDocument.Parse(ran.Text).RootElement[0];
        Assert.Equal("exec", service.GetProperty("name").GetString());
        Assert.Equal(42, service.GetProperty("pid").GetInt32());
        Assert.Equal(65, service.GetProperty("uptimeSeconds").GetDouble());
    }

    [Theory]
    [InlineData("save", "saved ab12: 3 entries, 1.0 KiB uploaded in 0.5s")]
    [InlineData("status", "mount point /app (memory)")]
    [InlineData("list", "ab12      1970-01-01 00:00:00Z  3        2.0 KiB")]
    public async Task The_worktree_is_shown(string action, string line)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "worktree", action);

        Assert.Equal("", ran.Error);
        Assert.Contains(line, ran.Text.Split('\n'));
    }

    [Theory]
    [InlineData("save", "snapshot")]
    [InlineData("status", "mountPoint")]
    public async Task The_worktree_is_shown_as_JSON(string action, string property)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "worktree", action, "--json");

        Assert.True(JsonDocument.Parse(ran.Text).RootElement.TryGetProperty(property, out _));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-version")]
    public async Task The_version_is_one_line(string spelling) =>
        Assert.Matches(@"^pv_exec \d+\.\d+\.\d+\n$", (await Ran.CommandAsync(spelling)).Text);

    [Theory]
    [InlineData("bogus", "unknown command 'bogus': name one of daemon, exec, runs, scopes, process, processes, worktree, services, tasks: see 'pv_exec --help'")]
    [InlineData("tasks bogus", "unknown command 'bogus': name one of list, describe, check: see 'pv_exec tasks --help'")]
    [InlineData("worktree bogus", "unknown command 'bogus': name one of save, status, list: see 'pv_exec worktree --help'")]
    [InlineData("-bogus 1 runs", "unknown option '-bogus': see 'pv_exec runs --help'")]
    [InlineData("runs -bogus 1", "unknown option '-bogus': see 'pv_exec runs --help'")]
    [InlineData("process web state more", "unexpected argument 'more': see 'pv_exec process --help'")]
    public async Task A_word_that_nobody_knows_is_named(string words, string line)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));

        Assert.Equal((100, $"pv_exec: {line}\n"), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("services -p 5", "-p is not for 'services'")]
    [InlineData("-host x services restart exec", "-host is not for 'services'")]
    [InlineData("tasks list -p 5", "-p is not for 'tasks'")]
    public async Task An_address_for_a_command_that_asks_nobody_there_is_refused(string words, string line)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));

        Assert.Equal((100, ""), (ran.Code, ran.Text));
        Assert.StartsWith($"pv_exec: {line}: ", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("worktree")]
    [InlineData("exec")]
    [InlineData("services --colour")]
    public async Task A_command_line_that_is_none_is_a_usage_error_in_one_line(string words)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(100, ran.Code);
        Assert.StartsWith("pv_exec: ", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }
}
