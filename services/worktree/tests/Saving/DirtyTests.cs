using System.Diagnostics;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class DirtyTests : IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_tree_that_was_just_saved_does_not_differ()
    {
        await using Worktree worktree = await _rig.StartAsync("tree", "tree");
        Write("file", "one");
        Directory.CreateDirectory(_rig.Scratch.At("tree/directory"));
        File.CreateSymbolicLink(_rig.Scratch.At("tree/link"), "file");
        _ = await Rig.SaveAsync(worktree);

        Assert.False(Look(worktree));
        Assert.False(worktree.IsDirty);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("touched")]
    [InlineData("directory mode")]
    [InlineData("directory time")]
    [InlineData("symlink")]
    [InlineData("hard link")]
    [InlineData("fifo mode")]
    public async Task A_difference_is_found_and_gone_after_the_next_save(string what)
    {
        await using Worktree worktree = await _rig.StartAsync("tree", "tree");
        Write("file", "one");
        Write("other", "one");
        Directory.CreateDirectory(At("directory"));
        File.CreateSymbolicLink(At("directory/link"), "here");
        Run("mkfifo", At("directory/fifo"));
        _ = await Rig.SaveAsync(worktree);
        DateTime modified = Directory.GetLastWriteTimeUtc(At("directory"));

        switch (what)
        {
            case "directory mode": Run("chmod", "500", At("directory")); break;
            case "directory time": Directory.SetLastWriteTimeUtc(At("directory"), DateTime.UnixEpoch); break;
            case "fifo mode": Run("chmod", "400", At("directory/fifo")); break;
            case "hard link": Run("ln", At("file"), At("name")); break;
            case "symlink":
                // The directory looks as before, so that only the link tells.
                Run("ln", "-sfn", "there", At("directory/link"));
                Directory.SetLastWriteTimeUtc(At("directory"), modified);
                break;
            case "changed": Write("file", "two, longer"); break;
            case "added": Write("new", "new"); break;
            case "removed": File.Delete(_rig.Scratch.At("tree/other")); break;
            default: File.SetLastWriteTimeUtc(_rig.Scratch.At("tree/file"), DateTime.UnixEpoch); break;
        }

        Assert.True(Look(worktree));
        Assert.True(Look(worktree));
        Assert.True(worktree.IsDirty);
        Assert.Equal(1, _rig.Observer.Differences);
        _ = await Rig.SaveAsync(worktree);
        Assert.False(worktree.IsDirty);
        Assert.False(Look(worktree));
    }

    [Fact]
    public async Task Before_the_first_save_the_tree_is_compared_with_the_first_look()
    {
        await using Worktree worktree = await _rig.StartAsync("tree", "tree");
        Assert.False(Look(worktree));

        Write("file", "one");

        Assert.True(Look(worktree));
    }

    [Fact]
    public async Task A_save_is_told_once_and_captures_while_everything_stands_still()
    {
        await using Worktree worktree = await _rig.StartAsync("tree", "tree");
        Write("file", "one");

        _ = await Rig.SaveAsync(worktree);
        _ = await Rig.SaveAsync(worktree);

        Assert.Equal([true, false], _rig.Observer.Saves.Select(save => save.Changed));
        Assert.Equal(2, _rig.Freeze.Count);
        Assert.False(_rig.Freeze.IsHeld);
    }

    private static bool Look(Worktree worktree) => worktree.LookForChanges(TestContext.Current.CancellationToken);

    private string At(string name) => _rig.Scratch.At("tree/" + name);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void Write(string name, string text) => File.WriteAllText(_rig.Scratch.At("tree/" + name), text);
}
