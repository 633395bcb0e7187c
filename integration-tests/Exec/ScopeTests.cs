using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

public sealed class ScopeTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task Writers_of_one_scope_run_one_after_the_other()
    {
        await _daemon.AddTaskAsync("writer", "mkdir /tmp/inside || echo clash >>/tmp/clashes; sleep 0.03; rmdir /tmp/inside; echo $N >>/tmp/written", writes: ["one"]);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => _daemon.RunTaskAsync("writer", "", ("N", $"{n}"))));

        Assert.Equal("12", (await _daemon.ShellAsync("sort -u /tmp/written | wc -l")).Text);
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/clashes ]")).ExitCode);
    }

    [Fact]
    public async Task Readers_of_one_scope_run_together()
    {
        // Each ends only after the other has begun.
        await _daemon.AddTaskAsync("reader", "touch /tmp/reader-$ME; for i in $(seq 500); do [ -e /tmp/reader-$OTHER ] && exit 0; sleep 0.02; done; exit 1", reads: ["two"]);

        CallResult[] results = await Task.WhenAll(
            _daemon.RunTaskAsync("reader", "", ("ME", "a"), ("OTHER", "b")),
            _daemon.RunTaskAsync("reader", "", ("ME", "b"), ("OTHER", "a")));

        Assert.All(results, result => Assert.Equal("0", result.Ok().Trailers["pv-exit-code"]));
    }

    [Fact]
    public async Task A_writer_waits_for_the_reader_before_it()
    {
        await _daemon.AddTaskAsync("slow-reader", "touch /tmp/reading; until [ -e /tmp/read ]; do sleep 0.02; done; echo reader >>/tmp/order", reads: ["three"]);
        await _daemon.AddTaskAsync("late-writer", "echo writer >>/tmp/order", writes: ["three"]);
        _ = (await _daemon.StartTaskAsync("slow-reader")).Ok();
        await _daemon.WaitUntilAsync("[ -e /tmp/reading ]");

        Task<CallResult> writer = _daemon.RunTaskAsync("late-writer");
        _ = (await _daemon.ShellAsync("touch /tmp/read")).Text;
        _ = (await writer).Ok();

        Assert.Equal(["reader", "writer"], (await _daemon.ShellAsync("cat /tmp/order")).Lines);
    }

    [Fact]
    public async Task A_writer_of_a_part_waits_for_the_reader_of_the_whole_and_another_part_does_not_matter()
    {
        await _daemon.AddTaskAsync("whole-reader", "touch /tmp/whole; until [ -e /tmp/whole-read ]; do sleep 0.02; done; echo reader >>/tmp/parts", reads: ["four/a"]);
        await _daemon.AddTaskAsync("part-writer", "echo writer >>/tmp/parts", writes: ["four/a/part"]);
        await _daemon.AddTaskAsync("other-writer", "echo other >>/tmp/parts", writes: ["four/b"]);
        _ = (await _daemon.StartTaskAsync("whole-reader")).Ok();
        await _daemon.WaitUntilAsync("[ -e /tmp/whole ]");

        Task<CallResult> writer = _daemon.RunTaskAsync("part-writer");
        _ = (await _daemon.RunTaskAsync("other-writer")).Ok();
        _ = (await _daemon.ShellAsync("touch /tmp/whole-read")).Text;
        _ = (await writer).Ok();

        Assert.Equal(["other", "reader", "writer"], (await _daemon.ShellAsync("cat /tmp/parts")).Lines);
    }
}
