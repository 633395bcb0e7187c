using System.Text;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunOutputLimitsTests : IDisposable
{
    private static readonly OutputLimits s_onDisk = new() { HeadBytes = 32 << 20, OnDisk = true };

    private readonly TemporaryDirectory _spool = new();
    private readonly EngineFixture _fixture;

    public RunOutputLimitsTests() => _fixture = Fixture(new ExecOptions());

    public void Dispose()
    {
        _fixture.Dispose();
        _spool.Dispose();
    }

    [Fact]
    public async Task A_caller_says_how_much_of_each_stream_is_kept()
    {
        Run run = Submit(_fixture, new OutputLimits { HeadBytes = 8192, TailBytes = 0 }).Value;
        FakeProcess process = await _fixture.StartedAsync();
        string head = new('h', 8192);
        await Task.Run(() => process.Write(head + new string('x', 3 * (int)StreamWindow.StepBytes))).WaitAsync(EngineFixture.Patience);
        process.Exit();
        await EngineFixture.ResultOf(run);

        Assert.Equal(head, EngineFixture.Text(run));
        Assert.Equal(StreamWindow.Of(8192, 0), run.Output.Error.Window);
    }

    [Fact]
    public void More_than_there_may_be_is_refused_before_anything_is_queued()
    {
        Outcome<Run> refused = Submit(_fixture, new OutputLimits { HeadBytes = 32 << 20 });

        Assert.Equal(FaultKind.InvalidArgument, refused.Fault!.Kind);
        Assert.Contains("on_disk", refused.Fault.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Engine.Live);
    }

    [Fact]
    public async Task Output_on_disk_is_in_files_of_the_directory_without_a_name()
    {
        Run run = Submit(_fixture, s_onDisk).Value;
        FakeProcess process = await _fixture.StartedAsync();
        foreach (string name in new[] { RunFiles.StandardStore, RunFiles.ErrorStore })
        {
            KeptDescriptor store = Assert.Single(process.Spec.Kept, kept => kept.Name == name);
            string target = File.ResolveLinkTarget($"/proc/self/fd/{store.Handle.DangerousGetHandle()}", returnFinalTarget: false)!.FullName;
            Assert.StartsWith(_spool.Path, target, StringComparison.Ordinal);
        }

        process.Write("out");
        process.Write("err", descriptor: 2);
        process.Exit();
        await EngineFixture.ResultOf(run);

        Assert.Equal("out", EngineFixture.Text(run));
        Assert.Equal("err", Encoding.UTF8.GetString(run.Output.ErrorTail(10)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool.Path));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_is_a_fault_that_names_it_and_says_what_to_do()
    {
        using EngineFixture fixture = Fixture(new ExecOptions(), _spool.Path + "/none");
        Fault fault = (await EngineFixture.ResultOf(Submit(fixture, s_onDisk).Value)).Fault!;

        Assert.Equal(FaultKind.FailedPrecondition, fault.Kind);
        Assert.Contains(_spool.Path + "/none", fault.Detail, StringComparison.Ordinal);
        Assert.Contains("--output-dir", fault.Detail, StringComparison.Ordinal);
        Assert.True((await EngineFixture.ResultOf(await RanAsync(fixture, OutputLimits.Default, "in memory"))).Succeeded(out _));
    }

    [Fact]
    public async Task The_next_instance_goes_on_with_what_is_on_disk()
    {
        using var kept = KeptChildren.Of(_fixture.Init);
        Run run = Submit(_fixture, s_onDisk).Value;
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("before ");
        await _fixture.Gate.CloseAsync();
        _fixture.StopReading();
        process.Write("since");
        using EngineFixture next = Fixture(new ExecOptions());
        next.Engine.Adopt(kept.Owned());
        process.Exit();

        Run taken = next.Engine.Find(run.Id)!;
        await EngineFixture.ResultOf(taken);
        Assert.Equal("before since", EngineFixture.Text(taken));
        Assert.True(taken.Output.IsOnDisk);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_keeps_its_output_on_disk_does_not_go_on_where_everybody_hears_of_ends(bool isOnDisk)
    {
        Submit(_fixture, isOnDisk ? s_onDisk : OutputLimits.Default);
        FakeProcess process = await _fixture.StartedAsync();

        Assert.Equal(!isOnDisk, process.Spec.GoesOnAtOnce);
        process.Exit();
        await _fixture.IdleAsync();
    }

    [Fact]
    public async Task What_ended_runs_keep_on_disk_and_in_memory_is_bounded_apart()
    {
        using EngineFixture fixture = Fixture(new ExecOptions { MaxEndedOutputBytes = 5, MaxEndedDiskBytes = 8 });
        Run memory = await RanAsync(fixture, OutputLimits.Default, "abcd");
        Run first = await RanAsync(fixture, s_onDisk, "12345");
        Assert.Equal([memory, first], fixture.Engine.Ended);
        Run second = await RanAsync(fixture, s_onDisk, "12345");
        Assert.Equal((4, 0, 5), (memory.Output.KeptBytes, first.Output.KeptBytes, second.Output.KeptBytes));
        Run more = await RanAsync(fixture, OutputLimits.Default, "ef");
        Assert.Equal((0, 5, 2), (memory.Output.KeptBytes, second.Output.KeptBytes, more.Output.KeptBytes));
        Assert.Equal([memory, first, second, more], fixture.Engine.Ended);
    }

    private EngineFixture Fixture(ExecOptions options, string? directory = null) => new(options with { OutputDirectory = directory ?? _spool.Path });

    private static Outcome<Run> Submit(EngineFixture fixture, OutputLimits limits) =>
        fixture.Engine.Submit(new RunRequest("free", [], ReadOnlyMemory<byte>.Empty, 0) { Output = limits });

    private static async Task<Run> RanAsync(EngineFixture fixture, OutputLimits limits, string output)
    {
        Run run = Submit(fixture, limits).Value;
        FakeProcess process = await fixture.StartedAsync();
        process.Write(output);
        process.Exit();
        await fixture.IdleAsync();
        return run;
    }
}
