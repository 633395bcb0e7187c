using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;
using PvExec.Linux.Files;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Api;

public sealed class RunReaderTests : IDisposable
{
    private readonly EngineFixture _fixture = new();
    private readonly RunOutput _output = new(StreamWindow.Of(100, 100), StreamWindow.Of(100, 100));

    public void Dispose()
    {
        _output.Release();
        _fixture.Dispose();
    }

    [Fact]
    public void That_finish_runs_is_told_between_what_the_run_has_written_and_what_finish_has()
    {
        _output.Open(StreamFile.Create("output"), StreamFile.Open(MemoryFile.Create("errors", "run finish"u8)));
        var run = new Run(RunId.New(DateTimeOffset.UnixEpoch), "task", ScopeSet.Empty, DateTimeOffset.UnixEpoch, _output, RunState.Finishing)
        {
            Start = new RunStart(1, DateTimeOffset.UnixEpoch),
            Ending = new RunEnded(new RunResult(ExitStatus.Exited(3), DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, 0), 4),
        };
        var reader = new RunReader(run, _fixture.Engine, new V1.AttachRequest());

        Assert.NotNull(reader.Next()?.Started);
        Assert.Equal("run ", reader.Next()?.Output.Data.ToStringUtf8());
        Assert.Equal(3, reader.Next()?.Finishing.Code);
        Assert.Equal("finish", reader.Next()?.Output.Data.ToStringUtf8());
        Assert.Null(reader.Next());
        Assert.Equal(10UL, reader.ErrorOffset);

        // One that has had that goes on behind it.
        reader = new RunReader(run, _fixture.Engine, new V1.AttachRequest { StderrOffset = 6 });
        Assert.NotNull(reader.Next()?.Started);
        Assert.NotNull(reader.Next()?.Finishing);
        Assert.Equal("nish", reader.Next()?.Output.Data.ToStringUtf8());
    }
}
