using PvExec.Kernel.Configuration;

namespace PvExec.Kernel.Tests.Configuration;

public sealed class DaemonOptionsProblemsTests
{
    private static readonly DaemonOptions Right = new()
    {
        ConfigRoots = ["/tasks"],
        MountPoint = "/app",
        Worktree = "w",
        Store = "file:///s",
    };

    [Fact]
    public void Without_a_config_root_there_are_no_tasks() =>
        Assert.StartsWith("no -exec-config-root is given", Only(Right with { ConfigRoots = [] }), StringComparison.Ordinal);

    [Theory]
    [InlineData("rt", "-runtime-dir 'rt' is not an absolute path")]
    [InlineData("./rt", "-runtime-dir './rt' is not an absolute path")]
    public void The_runtime_directory_is_absolute(string directory, string problem) =>
        Assert.Equal(problem, Only(Right with { RuntimeDir = directory }));

    [Fact]
    public void The_directory_for_output_is_absolute() =>
        Assert.Equal("-output-dir 'spool' is not an absolute path", Only(Right with { OutputDir = "spool" }));

    [Fact]
    public void The_runtime_directory_has_80_bytes_at_most()
    {
        Assert.Empty((Right with { RuntimeDir = "/" + new string('x', 79) }).Problems());
        Assert.Contains("is longer than 80 bytes", Only(Right with { RuntimeDir = "/" + new string('x', 80) }), StringComparison.Ordinal);
        Assert.Contains("is longer than 80 bytes", Only(Right with { RuntimeDir = "/" + new string('ü', 40) }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_scope_that_is_none_is_named() =>
        Assert.StartsWith("-save-scope: scope '../x' has the segment '..'", Only(Right with { SaveScopes = ["src", "../x"] }), StringComparison.Ordinal);

    [Fact]
    public void A_worktree_without_a_mount_point_is_named()
    {
        var options = new DaemonOptions { ConfigRoots = ["/t"], Worktree = "w", SourceWorktree = "v", Store = "file:///s" };

        Assert.Equal(
            [
                "-worktree 'w' is given without -mount-point: say where the worktree is to be",
                "-source-worktree 'v' is given without -mount-point: say where the worktree is to be",
                "-store 'file:///s' is given without -mount-point: say where the worktree is to be",
            ],
            options.Problems());
    }

    [Fact]
    public void A_mount_point_needs_a_worktree_and_a_store() =>
        Assert.Equal(
            ["-mount-point '/app' is given without -worktree", "-mount-point '/app' is given without -store"],
            (Right with { Worktree = null, Store = null }).Problems().Select(problem => problem.Split(':')[0]));

    [Fact]
    public void The_mount_point_is_absolute() =>
        Assert.Equal("-mount-point 'app' is not an absolute path", Only(Right with { MountPoint = "app" }));

    [Theory]
    [InlineData("/srv")]
    [InlineData("file://srv/x")]
    [InlineData("s3://bucket")]
    public void A_store_that_is_not_supported_is_named(string store) =>
        Assert.StartsWith($"-store '{store}' is not supported", Only(Right with { Store = store }), StringComparison.Ordinal);

    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("-x")]
    [InlineData("_")]
    public void A_worktree_id_may_be(string id) => Assert.True(DaemonOptions.IsWorktreeId(id));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void A_worktree_id_may_not_be(string id) => Assert.False(DaemonOptions.IsWorktreeId(id));

    [Fact]
    public void A_worktree_id_has_128_characters_at_most()
    {
        Assert.True(DaemonOptions.IsWorktreeId(new string('w', 128)));
        Assert.False(DaemonOptions.IsWorktreeId(new string('w', 129)));
    }

    [Fact]
    public void Both_worktrees_are_checked_and_named() =>
        Assert.Equal(
            ["-worktree 'a/b' is not a worktree id", "-source-worktree '..' is not a worktree id"],
            (Right with { Worktree = "a/b", SourceWorktree = ".." }).Problems().Select(problem => problem.Split(':')[0]));

    [Fact]
    public void Every_problem_is_told_at_once() =>
        Assert.Equal(
            5,
            new DaemonOptions { RuntimeDir = "r" + new string('x', 90), MountPoint = "m", Worktree = "/", Store = "file:///s" }.Problems().Count());

    private static string Only(DaemonOptions options) => Assert.Single(options.Problems());
}
