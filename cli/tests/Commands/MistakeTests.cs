using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

/// <summary>A command line that is wrong: one line that names the offending word and says what to give.</summary>
public sealed class MistakeTests
{
    [Theory]
    [InlineData("", "no command is given: name one of daemon, exec, runs,")]
    [InlineData("worktree", "no command is given: name one of save, status, list: see 'pv_exec worktree --help'")]
    [InlineData("bogus", "unknown command 'bogus': name one of daemon, exec, runs,")]
    [InlineData("runs bogus", "unknown command 'bogus': name one of show, logs, cancel, signal")]
    [InlineData("-p", "-p needs a value: PORT, the daemon's port")]
    [InlineData("runs -p", "-p needs a value: PORT")]
    [InlineData("exec -p", "-p needs a value: PORT")]
    [InlineData("exec -w -host", "-host needs a value: HOST")]
    [InlineData("process web state -run-path", "-run-path needs a value: DIR")]
    [InlineData("-p daemon -exec-config-root /a", "-p 'daemon' is not a port: give a number from 1 to 65535")]
    [InlineData("-p exec -w task", "-p 'exec' is not a port")]
    [InlineData("exec -w=true", "'exec' needs TASK: the task's name")]
    [InlineData("exec -wait", "'exec' needs TASK")]
    [InlineData("process web", "'process' needs enable|disable|restart|state: what to do")]
    [InlineData("runs show", "'show' needs ID: the run's id")]
    [InlineData("runs --follow=often", "'--follow=often': --follow is true or false")]
    [InlineData("scopes ", "'' is no scope")]
    [InlineData("scopes -foo", "unknown option '-foo': see 'pv_exec scopes --help'")]
    [InlineData("scopes --watch --foo", "unknown option '--foo'")]
    [InlineData("runs --task ", "--task '' names no task")]
    [InlineData("runs logs R1 --json", "--json is not for 'runs logs'")]
    [InlineData("services -p 1", "-p is not for 'services': it asks pv-init over a socket in the runtime directory; leave the address out, and give --runtime-dir DIR")]
    public async Task A_mistake_is_named_with_what_to_do(string words, string line)
    {
        Ran ran = await Ran.CommandAsync(words.Length == 0 ? [] : words.Split(' '));

        Assert.Equal((100, ""), (ran.Code, ran.Text));
        Assert.StartsWith($"pv_exec: {line}", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Standard_input_that_is_closed_is_named_with_what_to_do()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran { Input = new ClosedInput() };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task");

        Assert.Equal(111, ran.Code);
        Assert.StartsWith("pv_exec: cannot read standard input: it is closed: leave -i out", ran.Error, StringComparison.Ordinal);
    }

    private sealed class ClosedInput : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new Linux.SystemCallException("read(0)", Linux.Errno.EBADF);
    }
}
