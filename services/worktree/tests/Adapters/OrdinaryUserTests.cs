using System.Diagnostics;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux;
using PvExec.Testing;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Adapters;

/// <summary>Directory mode without any privilege. As root these tests run themselves again as nobody.</summary>
public sealed class OrdinaryUserTests
{
    private static bool IsRoot => EffectiveUser.Id == 0;

    [Fact]
    public void They_pass_as_nobody()
    {
        Assert.SkipUnless(IsRoot, "this is an ordinary user already");
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, WorkingDirectory = "/tmp" };
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(OrdinaryUserTests).Assembly.Location]
            : [Environment.ProcessPath!];
        foreach (string word in (string[])["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", .. own, "-class", typeof(OrdinaryUserTests).FullName!, "-noColor"])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["HOME"] = "/tmp";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 5,", output);
        Assert.Contains("Skipped: 1,", output);
    }

    [Fact]
    public async Task A_tree_of_ones_own_survives_with_what_is_not_readable()
    {
        Assert.SkipWhen(IsRoot, "run as an ordinary user by the other test");
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a", mode: WorktreeMode.Auto);
        Assert.Equal(WorktreeMode.Directory, worktree.Mode);
        RoundTripTests.Shell(rig.Scratch.At("a"), "mkdir d; echo x > d/f; chmod 000 d/f; ln d/f d/g; echo y > h; touch -d '2001-02-03 04:05:06.789' h; chmod 500 d");
        await Rig.SaveAsync(worktree);

        await using Worktree copy = await rig.StartAsync("two", "b", source: "one", mode: WorktreeMode.Auto, state: "state2");

        // What nobody may read is made readable on both sides, to be compared.
        RoundTripTests.Shell(rig.Scratch.Root, "[ \"$(stat -c %a a/d/f b/d/f)\" = $'0\\n0' ]");
        RoundTripTests.Shell(rig.Scratch.Root, "chmod 400 a/d/f b/d/f");
        Assert.Empty(TreeComparer.Differences(rig.Scratch.At("a"), rig.Scratch.At("b")));
        Assert.False((await worktree.SaveAsync(CancellationToken.None)).Value.UploadedBytes > 0);
    }

    [Fact]
    public async Task A_store_directory_that_may_not_be_searched_is_no_empty_one()
    {
        Assert.SkipWhen(IsRoot, "run as an ordinary user by the other test");
        using var rig = new Rig();
        rig.Scratch.Make("store/worktrees/one");
        File.WriteAllText(rig.Scratch.At("store/worktrees/one/head"), "x");
        foreach (string closed in (string[])["store", "store/worktrees", "store/worktrees/one"])
        {
            foreach (string mode in (string[])["600", "000"])
            {
                RoundTripTests.Shell(rig.Scratch.Root, $"chmod {mode} {closed}");
                Outcome<IReadOnlyList<BlobInfo>> listed = await rig.Blobs.ListAsync("worktrees/", CancellationToken.None);
                RoundTripTests.Shell(rig.Scratch.Root, $"chmod 700 {closed}");

                Assert.Equal((closed, mode, FaultKind.PermissionDenied), (closed, mode, listed.Fault?.Kind));
            }
        }

        Assert.Equal("worktrees/one/head", Assert.Single((await rig.Blobs.ListAsync("worktrees/", CancellationToken.None)).Value).Name);
        Assert.Empty((await rig.Blobs.ListAsync("packs/", CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Memory_mode_is_refused_with_what_to_do()
    {
        Assert.SkipWhen(IsRoot, "run as an ordinary user by the other test");
        using var rig = new Rig();
        Fault? fault = (await rig.TryStartAsync("one", "a", mode: WorktreeMode.Memory)).Fault;
        Assert.Equal(FaultKind.PermissionDenied, fault?.Kind);
        Assert.Contains("-worktree-mode directory", fault!.Detail);
    }

    [Fact]
    public void A_file_of_somebody_else_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(IsRoot, "run as an ordinary user by the other test");
        // A save as root would be needed to put such a file into the tree: the reader is asked itself.
        using var etc = Scratch.Open("/etc");
        Assert.Equal(0, PvExec.Linux.Trees.Statx.TryAt(etc, "shadow"u8, out PvExec.Linux.Trees.FileStat stat));
        FaultException error = Assert.Throws<FaultException>(() => PvExec.Worktrees.Adapters.Tree.OwnerAccess.Open(
            etc, "shadow"u8, new PvExec.Worktrees.Core.Snapshots.ByteString("d/shadow"u8.ToArray()), stat, PvExec.Linux.Trees.OpenFlags.ReadOnly));
        Assert.Equal(new Fault(FaultKind.PermissionDenied, "'d/shadow' in the worktree belongs to user 0 and may not be read: give read permission or remove it, then save again"), error.Fault);
    }
}
