using PvExec.Cli.Tests.Rig;
using PvExec.Linux;

namespace PvExec.Cli.Tests.Commands;

/// <summary>Standard output that the caller has closed, as by <c>&gt;&amp;-</c>; and what help lists.</summary>
public sealed class ClosedOutputTests
{
    [Fact]
    public async Task An_answer_that_cannot_be_written_is_no_success()
    {
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", Errno.EBADF);
        await ran.RunAsync("services");
        Assert.Equal(111, ran.Code);
        Assert.Equal("pv_exec: cannot write the answer: standard output is closed: where it is not wanted, send it to /dev/null\n", ran.Error);
    }

    [Fact]
    public async Task So_is_an_output_of_a_task_that_cannot_be_written_and_standard_input_is_not_blamed()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("one"));
            await tell(Told.Exited());
        };
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", Errno.EBADF);
        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal(111, ran.Code);
        Assert.Equal("pv_exec: cannot write the output of 'task': standard output is closed: where it is not wanted, send it to /dev/null\n", ran.Error);
    }

    [Theory]
    [InlineData("services --help", false)]
    [InlineData("services restart --help", false)]
    [InlineData("tasks check --help", false)]
    [InlineData("runs --help", true)]
    [InlineData("--help", true)]
    public async Task Help_lists_the_daemons_address_where_it_may_be_given(string words, bool isListed)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));
        Assert.Equal(0, ran.Code);
        Assert.Equal(isListed, ran.Text.Contains("-host", StringComparison.Ordinal));
    }
}
