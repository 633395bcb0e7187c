using PvExec.Cli.Core;

namespace PvExec.Cli.Tests.Core;

public sealed class TaskWordsTests
{
    [Theory]
    [InlineData("exec task", "exec task", "")]
    [InlineData("exec -w -i task A=1 -w=2", "exec -w -i task", "A=1 -w=2")]
    [InlineData("-p 1 -host=h exec -w task A=1", "-p 1 -host=h exec -w task", "A=1")]
    [InlineData("exec -p exec task -p=2 exec=3", "exec -p exec task", "-p=2 exec=3")]
    [InlineData("exec task -w A=1 --i", "exec -w -i task", "A=1")]
    [InlineData("exec task --help", "exec --help task", "")]
    [InlineData("exec -w -- -task -w -x=1", "exec -w -- -task", "-x=1")]
    [InlineData("exec -it task -w=false", "exec -i -t task", "-w=false")]
    [InlineData("exec --wait --wait -wait task", "exec -w task", "")]
    [InlineData("exec -w=true -p 5 -i=0 task", "exec -w -p 5 task", "")]
    [InlineData("exec -w -w=false task", "exec task", "")]
    [InlineData("exec task -p 5", "exec task", "-p 5")]
    [InlineData("exec -w", "exec -w", "")]
    [InlineData("exec --help", "exec --help", "")]
    public void The_words_of_exec_are_cut_behind_the_task(string words, string command, string variables)
    {
        TaskWords cut = TaskWords.Cut(Split(words)).Value;

        Assert.Equal(Split(command), cut.Command);
        Assert.Equal(Split(variables), cut.Variables);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-p")]
    [InlineData("-p exec")]
    [InlineData("process exec -w=1")]
    [InlineData("daemon -store exec A=1")]
    [InlineData("--version")]
    public void Another_command_stays_in_one_piece(string words)
    {
        TaskWords cut = TaskWords.Cut(Split(words)).Value;

        Assert.Equal(Split(words), cut.Command);
        Assert.Empty(cut.Variables);
    }

    [Theory]
    [InlineData("exec --colour task", "'--colour'")]
    [InlineData("exec -w=yes task", "'-w=yes'")]
    [InlineData("exec --colour=true task", "'--colour=true'")]
    public void An_unknown_option_before_the_task_is_named(string words, string named) =>
        Assert.Contains(named, TaskWords.Cut(Split(words)).Fault!.Detail, StringComparison.Ordinal);

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
