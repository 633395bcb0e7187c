namespace PvExec.Bench.Start;

/// <summary>Makes a start a cold one.</summary>
internal static class PageCache
{
    private const string DropCaches = "/proc/sys/vm/drop_caches";

    /// <summary>Whether the whole page cache may be dropped (proc_sys_vm(5)); else only the programs' own files are evicted.</summary>
    public static bool IsDroppable { get; } = CanWrite();

    public static async Task EmptyAsync(string programs)
    {
        // What is dirty is not dropped.
        await Command.OutputAsync("sync");
        if (IsDroppable)
        {
            await File.WriteAllTextAsync(DropCaches, "3\n");
            return;
        }

        foreach (string file in Directory.EnumerateFiles(programs))
        {
            // posix_fadvise(2) with POSIX_FADV_DONTNEED for the whole file.
            await Command.OutputAsync("dd", $"if={file}", "iflag=nocache", "count=0", "status=none");
        }
    }

    private static bool CanWrite()
    {
        try
        {
            using FileStream file = File.OpenWrite(DropCaches);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Not root, or a container's read-only /proc/sys: the answer is no.
            return false;
        }
    }
}
