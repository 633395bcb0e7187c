using System.Buffers.Text;
using System.Runtime.InteropServices;
using PvExec.Linux.Trees;

namespace PvExec.Linux.Processes;

/// <summary>
/// The process table, read again and again into the same memory, and the families in it: once warm, nothing is allocated. What is
/// returned is valid until the next question. Not for two threads at once.
/// </summary>
public sealed unsafe partial class ProcessTable
{
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000;

    private readonly byte[] _names = new byte[32 * 1024];
    private readonly ProcessFamily _family = new();
    private readonly Func<int, bool> _isMarked; // made once
    private ProcessStat[] _all = new ProcessStat[256];
    private ulong?[] _locks = new ulong?[256];
    private bool[] _areLocksRead = new bool[256];
    private int _count;
    private ulong _mark;

    public ProcessTable() => _isMarked = IsMarked;

    /// <summary>As of the last <see cref="Read"/>, in the order of the pids.</summary>
    public ReadOnlySpan<ProcessStat> All => _all.AsSpan(0, _count);

    /// <summary>Lists every process that /proc shows at this moment.</summary>
    /// <exception cref="SystemCallException">/proc cannot be listed; the table is empty then.</exception>
    public void Read()
    {
        _count = 0;
        int directory;
        fixed (byte* path = "/proc\0"u8)
        {
            directory = open(path, O_RDONLY | O_CLOEXEC, 0);
        }

        if (directory < 0)
        {
            throw SystemCallException.FromLast("open(/proc)");
        }

        bool isWhole = false;
        try
        {
            int length;
            while ((length = Fill(directory)) > 0)
            {
                var block = new DirectoryBlock(_names.AsSpan(0, length));
                while (block.TryNext(out ReadOnlySpan<byte> name))
                {
                    Take(name);
                }
            }

            isWhole = true;
        }
        finally
        {
            _ = close(directory);
            _count = isWhole ? _count : 0;
        }

        _areLocksRead.AsSpan(0, _count).Clear();
        for (int i = 1; i < _count; i++)
        {
            if (_all[i].Pid < _all[i - 1].Pid)
            {
                // The kernel lists them in order; nothing promises that.
                _all.AsSpan(0, _count).Sort(static (one, other) => one.Pid.CompareTo(other.Pid));
                break;
            }
        }
    }

    /// <summary>As <see cref="ProcessFamily.Descendants"/>.</summary>
    public ReadOnlySpan<ProcessStat> Descendants(int root, ReadOnlySpan<int> except) => _family.Descendants(All, root, except);

    /// <summary>As <see cref="ProcessFamily.Of"/>; those that bear a mark have that soft RLIMIT_LOCKS.</summary>
    /// <param name="mark">Null: there are no marks.</param>
    public ReadOnlySpan<ProcessStat> Tree(int leader, bool leaderLives, ulong? mark)
    {
        _mark = mark.GetValueOrDefault();
        return _family.Of(All, leader, leaderLives, mark is null ? null : _isMarked);
    }

    /// <summary>As <see cref="ProcessFamily.Group"/>.</summary>
    public ReadOnlySpan<ProcessStat> Group(int leader, bool leaderLives) => _family.Group(All, leader, leaderLives);

    private int Fill(int directory)
    {
        int length = DirectoryEntries.TryFill(directory, _names);
        return length >= 0 ? length : throw SystemCallException.FromLast("getdents64(/proc)");
    }

    private void Take(ReadOnlySpan<byte> name)
    {
        if (!Utf8Parser.TryParse(name, out int pid, out int digits) || digits != name.Length || ProcessStat.TryRead(pid) is not { } process)
        {
            return;
        }

        if (_count == _all.Length)
        {
            Array.Resize(ref _all, _count * 2);
            Array.Resize(ref _locks, _count * 2);
            Array.Resize(ref _areLocksRead, _count * 2);
        }

        _all[_count++] = process;
    }

    /// <summary>Read once a listing, whoever asks: it is a file of each process.</summary>
    private bool IsMarked(int pid)
    {
        int at = ProcessFamily.Find(All, pid);
        if (!_areLocksRead[at])
        {
            _locks[at] = ProcessLimits.FileLocks(pid);
            _areLocksRead[at] = true;
        }

        return _locks[at] == _mark;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* pathname, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
