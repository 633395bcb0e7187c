using PvExec.Exec.Api;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Core.Output;
using PvExec.Exec.Tests.Engine;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Api;

public sealed class RunReaderTests
{
    [Fact]
    public void What_a_quick_process_writes_before_its_start_is_known_is_told_after_the_start()
    {
        using var fixture = new EngineFixture();
        using var standard = new MemoryBytes();
        using var error = new MemoryBytes();
        standard.Add("quick"u8);
        StreamWindow window = StreamWindow.Of(4096, 4096);
        var run = new Run(RunId.New(DateTimeOffset.UnixEpoch), "task", ScopeSet.Empty, DateTimeOffset.UnixEpoch, new RunOutput(window, window), RunState.Starting);
        run.Output.Open(standard, error);
        var reader = new RunReader(run, fixture.Engine, new V1.AttachRequest());

        Assert.Null(reader.Next());
        run.Start = new RunStart(7, DateTimeOffset.UnixEpoch);
        Assert.Equal(7, reader.Next()!.Started.Pid);
        Assert.Equal("quick", reader.Next()!.Output.Data.ToStringUtf8());
        Assert.Null(reader.Next());
    }
}
