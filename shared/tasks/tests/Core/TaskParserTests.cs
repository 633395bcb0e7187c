using System.Text;
using PvExec.Kernel;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class TaskParserTests
{
    private static readonly TaskSource s_right = new("/t/a") { Run = new ProgramFile("/t/a/run", ProgramState.Program) };

    [Fact]
    public void A_task_is_a_run_and_nothing_else_need_be_there()
    {
        TaskDefinition task = Definition(s_right);

        Assert.Equal(["/t/a/run"], task.Run);
        Assert.Null(task.Log);
        Assert.Null(task.Finish);
        Assert.Null(task.Timeout);
        Assert.Equal(TaskDefinition.DefaultTimeoutKill, task.TimeoutKill);
        Assert.Equal(TimeSpan.FromSeconds(5), task.TimeoutFinish);
        Assert.Null(task.User);
        Assert.Null(task.MaxConcurrent);
        Assert.Equal("", task.Description);
        Assert.Same(ScopeSet.Empty, task.Scopes);
    }

    [Theory]
    [InlineData("value \t\r\nsecond line", "value")]
    [InlineData("  leading stays", "  leading stays")]
    [InlineData("one\0two\0", "one\ntwo\n")]
    [InlineData("\nempty first line", "")]
    [InlineData("x=y", "x=y")]
    [InlineData("", null)]
    public void A_variable_is_the_first_line_of_its_file_and_an_empty_file_takes_it_away(string content, string? value) =>
        Assert.Equal(new TaskVariable("NAME", value), Assert.Single(Definition(s_right with { Environment = [File("env/NAME", content)] }).Environment));

    [Theory]
    [InlineData("30", 30)]
    [InlineData(" 0.5 \n", 0.5)]
    [InlineData("# at most\n\n.25\n", 0.25)]
    [InlineData("0.001", 0.001)]
    [InlineData("2592000", 2592000)]
    public void A_timeout_is_a_number_of_seconds(string content, double seconds)
    {
        TaskDefinition task = Definition(s_right with { Timeout = File("timeout", content), TimeoutKill = File("timeout-kill", content), TimeoutFinish = File("timeout-finish", content) });

        Assert.Equal(TimeSpan.FromSeconds(seconds), task.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(seconds), task.TimeoutKill);
        Assert.Equal(TimeSpan.FromSeconds(seconds), task.TimeoutFinish);
    }

    [Theory]
    [InlineData("soon", "timeout:1: 'soon' is no number of seconds")]
    [InlineData("0", "timeout:1: '0' is no number")]
    [InlineData("-1", "timeout:1: '-1'")]
    [InlineData("1e3", "timeout:1: '1e3'")]
    [InlineData("1,5", "timeout:1: '1,5'")]
    [InlineData("NaN", "timeout:1: 'NaN'")]
    [InlineData("2592001", "timeout:1: '2592001'")]
    [InlineData("# none\n\n5 s", "timeout:3: '5 s'")]
    [InlineData("5\n\n6", "timeout:3: '6' is one value too many")]
    [InlineData("", "timeout:1: says nothing")]
    [InlineData("# later\n", "timeout:1: says nothing")]
    public void A_timeout_that_is_none_is_a_fault_at_its_line(string content, string fault) =>
        Assert.StartsWith("/t/a/" + fault, Only(s_right with { Timeout = File("timeout", content) }), StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("many")]
    [InlineData("1000001")]
    public void The_number_of_runs_is_whole_and_not_zero(string content) =>
        Assert.StartsWith($"/t/a/max_concurrent:1: '{content}' is no whole number from 1 to 1000000", Only(s_right with { MaxConcurrent = File("max_concurrent", content) }), StringComparison.Ordinal);

    [Fact]
    public void The_number_of_runs_is_part_of_what_the_task_locks()
    {
        TaskDefinition task = Definition(s_right with { MaxConcurrent = File("max_concurrent", "2\n"), InputScopes = File("input_scopes", "src") });

        Assert.Equal(2, task.MaxConcurrent);
        Assert.Equal("reads src, at most 2 at a time of /t/a", task.Scopes.ToString());
    }

    [Fact]
    public void A_user_is_looked_up()
    {
        TaskSource source = s_right with { User = File("user", "node\n"), Accounts = Accounts.Parse("node:x:1000:1001::/:", "") };

        Assert.Equal(1000u, Definition(source).User!.Uid);
        Assert.StartsWith("/t/a/user:2: no user 'ghost'", Only(source with { User = File("user", "#\nghost") }), StringComparison.Ordinal);
    }

    [Fact]
    public void Scopes_are_brought_into_one_form_and_every_wrong_one_is_a_fault_at_its_line()
    {
        TaskSource source = s_right with { InputScopes = File("input_scopes", "/src//app/\n# all\nsrc/app\n") };
        Assert.Equal("reads src/app", Definition(source).Scopes.ToString());

        Assert.Equal(
            ["/t/a/output_scopes:1: scope '..'", "/t/a/output_scopes:3: scope '/'", "/t/a/output_scopes:4: scope 'a\\x00'"],
            Faults(source with { OutputScopes = File("output_scopes", "..\nsrc\n/\na\0\n") }).Select(fault => fault.ToString().Split(" h")[0].Split(" n")[0]));
    }

    [Fact]
    public void Every_fault_of_a_task_is_reported()
    {
        var source = new TaskSource("/t/a")
        {
            Log = new ProgramFile("/t/a/log", ProgramState.Unreadable, "EIO"),
            Finish = new ProgramFile("/t/a/finish", ProgramState.NotExecutable),
            InputScopes = File("input_scopes", new string('x', ScopeFile.MaxBytes + 1)),
            Environment = [File("env/A=B", "x"), new SettingFile("/t/a/env/D", new byte[] { 0xff }), new SettingFile("/t/a/env/E", default, "is a fifo")],
            Timeout = File("timeout", ""),
            TimeoutKill = File("timeout-kill", "x"),
            TimeoutFinish = File("timeout-finish", "-1"),
            User = File("user", "a b:"),
            Description = File("description", "one\ntwo\u001b[31m"),
            MaxConcurrent = File("max_concurrent", "0"),
        };

        Assert.Equal(
            ["run:1", "log:1", "finish:1", "input_scopes:1", "env/A=B:1", "env/D:1", "env/E:1", "timeout:1", "timeout-kill:1", "timeout-finish:1", "user:1", "description:2", "max_concurrent:1"],
            Faults(source).Select(fault => $"{fault.File["/t/a/".Length..]}:{fault.Line}"));
        Assert.Equal(FaultKind.NotFound, Parse(source).ToOutcome().Fault!.Kind);
    }

    [Theory]
    [InlineData(ProgramState.NotExecutable)]
    [InlineData(ProgramState.NotAFile)]
    public void A_log_that_cannot_be_executed_is_no_filter_but_a_finish_is_a_fault(ProgramState state)
    {
        Assert.Null(Definition(s_right with { Log = new ProgramFile("/t/a/log", state) }).Log);
        Assert.StartsWith("/t/a/finish:1: is not ", Only(s_right with { Finish = new ProgramFile("/t/a/finish", state) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_without_an_interpreter_are_for_bash() =>
        Assert.Equal(["bash", "/t/a/finish"], Definition(s_right with { Finish = new ProgramFile("/t/a/finish", ProgramState.Script) }).Finish);

    private static SettingFile File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    private static SettingFile File(string name, byte[] content) => new("/t/a/" + name, content);

    private static TaskReading Parse(TaskSource source) => TaskParser.Parse(TaskName.Parse("a").Value, source);

    private static TaskDefinition Definition(TaskSource source) => Parse(source).ToOutcome().Value;

    private static IReadOnlyList<TaskFault> Faults(TaskSource source) => Parse(source).Faults;

    private static string Only(TaskSource source) => Assert.Single(Faults(source)).ToString();
}
