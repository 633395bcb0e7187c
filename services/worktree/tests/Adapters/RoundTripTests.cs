using System.Diagnostics;
using PvExec.Kernel.Configuration;
using PvExec.Testing;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Adapters;

public sealed class RoundTripTests
{
    /// <summary>Every kind of entry, and every kind of name.</summary>
    private const string Everything = """
        set -e
        mkdir -p empty deep/er/and/deeper readonly "$(printf 'd\xff\xfe')"
        printf hello > plain; : > zero; ln -s plain link; ln -s "$(printf '/no/where\xff')" "$(printf 'l\xfenk')"
        ln plain second; ln plain deep/third; mkfifo fifo
        printf x > "$(printf 'new\nline')"; printf y > "$(printf '\xff\x80')"; printf z > "-dash 'q\" \$x"
        printf n > "$(printf 'n%.0s' $(seq 255))"
        truncate -s 40M sparse; printf mid | dd of=sparse bs=1 seek=20000000 conv=notrunc status=none
        truncate -s 3M holes-only
        head -c 13000000 /dev/urandom > large; head -c 6000000 /dev/zero | tr '\0' a > repeated; cp large deep/copy
        printf s > setuid; chmod 4755 setuid; printf g > setgid; chmod 2750 setgid; printf k > none; chmod 000 none
        printf r > readonly/file; chmod 1755 deep; setfattr -n user.color -v blue plain; setfattr -n user.d -v x empty
        touch -d '1969-07-20 20:17:40.123456789' plain; touch -d '2001-02-03 04:05:06.000000001' empty deep
        touch -h -d '2011-01-01 00:00:00.987654321' link; touch -d 2031-01-01 readonly; chmod 555 readonly; chmod 750 .
        if [ "$(id -u)" = 0 ]; then chown 1234:4321 zero; chown -h 7:8 link; mknod null c 1 3; fi
        touch -d '2020-02-02 02:02:02.020202020' .
        """;

    internal static void Shell(string directory, string script)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = directory })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Auto)]
    public async Task Every_kind_of_entry_survives_a_save_and_a_load(WorktreeMode mode)
    {
        using var rig = new Rig();
        await using Worktree first = await rig.StartAsync("one", "a");
        Shell(rig.Scratch.At("a"), Everything);
        await Rig.SaveAsync(first);

        await using Worktree second = await rig.StartAsync("two", "b", source: "one", mode, state: "state2");

        Assert.Empty(TreeComparer.Differences(rig.Scratch.At("a"), rig.Scratch.At("b")));
        Assert.True(new FileInfo(rig.Scratch.At("b/sparse")).Length == 40 * 1024 * 1024);
        Assert.True(Blocks(rig.Scratch.At("b/sparse")) < 1000, "the holes were filled");
    }

    private static long Blocks(string path)
    {
        Assert.Equal(0, PvExec.Linux.Trees.Statx.TryPath(System.Text.Encoding.UTF8.GetBytes(path), false, out PvExec.Linux.Trees.FileStat stat));
        return stat.Blocks;
    }

    [Fact]
    public async Task Nothing_changed_stores_nothing_not_even_in_the_final_save()
    {
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a");
        Shell(rig.Scratch.At("a"), Everything);
        SaveResult first = await Rig.SaveAsync(worktree);
        int writes = rig.Blobs.Writes;

        SaveResult second = await Rig.SaveAsync(worktree);
        SaveResult last = (await worktree.FinishAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Value;

        Assert.True(first.Changed);
        Assert.False(second.Changed || last.Changed);
        Assert.Equal(writes, rig.Blobs.Writes);
        Assert.Equal(first.Snapshot, last.Snapshot);
    }

    [Fact]
    public async Task One_changed_file_stores_one_small_pack()
    {
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a");
        Shell(rig.Scratch.At("a"), Everything);
        await Rig.SaveAsync(worktree);
        rig.Blobs.Names.Clear();

        File.WriteAllText(rig.Scratch.At("a/deep/new"), "changed");
        SaveResult saved = await Rig.SaveAsync(worktree);

        Assert.Equal(["packs/", "manifests/", "worktrees/"], rig.Blobs.Names.Select(name => name[..(name.IndexOf('/') + 1)]));
        Assert.InRange(saved.UploadedBytes, 1, 1000);
    }

    [Fact]
    public async Task A_store_through_a_shared_mapping_is_found()
    {
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a", mode: WorktreeMode.Auto);
        string path = rig.Scratch.At("a/mapped");
        File.WriteAllBytes(path, new byte[8192]);
        using var file = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        using var view = file.CreateViewAccessor();
        view.Write(0, (byte)1);
        await Rig.SaveAsync(worktree);

        view.Write(1, (byte)2);
        SaveResult saved = await Rig.SaveAsync(worktree);

        Assert.True(saved.Changed);
        await using Worktree copy = await rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal([1, 2], File.ReadAllBytes(rig.Scratch.At("b/mapped"))[..2]);
    }
}
