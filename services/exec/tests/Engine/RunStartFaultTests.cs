using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>What is said of a start that pv-init refused.</summary>
public sealed class RunStartFaultTests : IDisposable
{
    private readonly EngineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("#!/opt/none/ruby", "names the interpreter '/opt/none/ruby', which does not exist: install it, or name another one behind #!")]
    [InlineData("#!/etc/passwd", "names the interpreter '/etc/passwd', which is not executable: chmod +x it, or name another one behind #!")]
    public async Task An_interpreter_that_is_the_reason_is_named(string text, string problem)
    {
        string file = TaskFiles.Write(_fixture.Root, "odd/run", text);
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec");

        Fault fault = (await EngineFixture.ResultOf(_fixture.Submit("odd"))).Fault!;
        Assert.Equal(new Fault(FaultKind.NotFound, $"task 'odd' cannot be started: {file}:1: {problem}"), fault);
    }

    [Fact]
    public async Task That_of_the_filter_is_named_with_the_filter()
    {
        TaskFiles.Write(_fixture.Root, "odd/run", "#!/bin/sh");
        string file = TaskFiles.Write(_fixture.Root, "odd/log", "#!/none");
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec");

        Assert.Contains($"{file}:1: names the interpreter '/none'", (await EngineFixture.ResultOf(_fixture.Submit("odd"))).Fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_only_the_tasks_user_may_not_execute_is_named_with_the_user()
    {
        TaskFiles.Write(_fixture.Root, "odd/run", "#!/bin/sh");
        TaskFiles.Write(_fixture.Root, "odd/user", "0:0", executable: false);
        _fixture.Init.SpawnFault = new Fault(FaultKind.PermissionDenied, "exec '/x': Permission denied (errno 13)");

        string detail = (await EngineFixture.ResultOf(_fixture.Submit("odd"))).Fault!.Detail;
        Assert.Contains("user '0:0' has to be able to reach and execute both", detail, StringComparison.Ordinal);
        Assert.Contains("'/bin/sh'", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_reasons_stay_as_they_are()
    {
        TaskFiles.Write(_fixture.Root, "odd/run", "#!/bin/sh");
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "chdir '/x': No such file or directory (errno 2)");

        Assert.Equal("task 'odd' cannot be started: chdir '/x': No such file or directory (errno 2)", (await EngineFixture.ResultOf(_fixture.Submit("odd"))).Fault!.Detail);
    }

    [Fact]
    public async Task That_of_finish_is_told_with_the_end_of_the_run()
    {
        TaskFiles.Write(_fixture.Root, "odd/run", "#!/bin/sh");
        string file = TaskFiles.Write(_fixture.Root, "odd/finish", "#!/none");
        Run run = _fixture.Submit("odd");
        FakeProcess process = await _fixture.StartedAsync();
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec");
        process.Exit();

        FinishEnd finish = (await EngineFixture.ResultOf(run)).Value.Finish!;
        Assert.Equal($"{file}:1: names the interpreter '/none', which does not exist: install it, or name another one behind #!", finish.NotStarted);
    }
}
