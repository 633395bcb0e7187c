using System.Globalization;
using System.Text;

namespace PvExec.Linux.Trees;

/// <summary>
/// Files that some process can change without moving their times: mapped shared, or open for writing
/// (/proc/*/maps, /proc/*/fd, proc(5)).
/// </summary>
public static class SharedWriters
{
    private const int OwnerMayWrite = 0x80;

    /// <summary>
    /// The inode numbers, of whichever file system: maps names devices differently from stat(2) on some, and one number
    /// too many only costs a look. Processes that may not be looked into, and those that end meanwhile, are left out.
    /// </summary>
    public static IReadOnlySet<ulong> Inodes()
    {
        var inodes = new HashSet<ulong>();
        using FileDescriptor proc = Opening.Path("/proc"u8, OpenFlags.Directory);
        foreach (byte[] process in DirectoryEntries.Read(proc))
        {
            if (char.IsAsciiDigit((char)process[0]))
            {
                AddMapped("/proc/" + Encoding.ASCII.GetString(process) + "/maps", inodes);
                AddOpen(proc, [.. process, .. "/fd"u8], inodes);
            }
        }

        return inodes;
    }

    private static void AddMapped(string maps, HashSet<ulong> inodes)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(maps, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (string line in lines)
        {
            // address perms offset dev inode path; perms ends in s for a shared mapping
            int perms = line.IndexOf(' ') + 1;
            if (perms == 0 || perms + 4 > line.Length || line[perms + 3] != 's')
            {
                continue;
            }

            string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && ulong.TryParse(words[4], CultureInfo.InvariantCulture, out ulong inode) && inode != 0)
            {
                inodes.Add(inode);
            }
        }
    }

    private static void AddOpen(FileDescriptor proc, byte[] directory, HashSet<ulong> inodes)
    {
        if (Opening.TryAt(proc, directory, OpenFlags.Directory, out FileDescriptor? fds) != 0)
        {
            return;
        }

        using (fds)
        {
            List<byte[]> numbers;
            try
            {
                numbers = DirectoryEntries.Read(fds!);
            }
            catch (FileCallException)
            {
                // The process has ended.
                return;
            }

            foreach (byte[] number in numbers)
            {
                // The link's own mode tells how the file was opened.
                if (Statx.TryAt(fds!, number, out FileStat link) == 0 && (link.Mode & OwnerMayWrite) != 0
                    && Statx.TryPath([.. "/proc/"u8, .. directory, (byte)'/', .. number], true, out FileStat file) == 0
                    && file.Type == FileType.Regular)
                {
                    inodes.Add(file.Inode);
                }
            }
        }
    }
}
