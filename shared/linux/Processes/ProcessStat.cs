using System.Buffers.Text;

namespace PvExec.Linux.Processes;

/// <summary>What /proc/PID/stat says of a process (proc_pid_stat(5)).</summary>
/// <param name="StartTicks">Since boot, in ticks of a hundredth of a second; with the pid it names one process for good.</param>
/// <param name="ResidentPages">Pages of its resident set.</param>
public readonly record struct ProcessStat(int Pid, char State, int Parent, int Group, int Session, ulong StartTicks, long ResidentPages)
{
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? TryRead(int pid)
    {
        // It may end between a listing and the reading: that is an answer.
        Span<byte> text = stackalloc byte[1024];
        int length = ProcFile.Read(pid, "stat"u8, text);
        return length > 0 ? Parse(pid, text[..length]) : null;
    }

    /// <summary>Every process that /proc shows at this moment.</summary>
    public static List<ProcessStat> ReadAll()
    {
        var table = new ProcessTable();
        table.Read();
        return [.. table.All];
    }

    /// <summary>Takes a line apart; the name in it may hold spaces and parentheses.</summary>
    public static ProcessStat? Parse(int pid, ReadOnlySpan<byte> line)
    {
        int name = line.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= line.Length)
        {
            return null;
        }

        // From the third field on: state ppid pgrp session … starttime (22nd) vsize rss (24th).
        ReadOnlySpan<byte> rest = line[(name + 2)..];
        Span<long> fields = stackalloc long[22];
        char state = (char)rest[0];
        int field = 1;
        for (rest = rest[1..]; field < fields.Length && rest.Length > 1; field++)
        {
            rest = rest[1..];
            if (!Utf8Parser.TryParse(rest, out long value, out int used))
            {
                // Larger than a long, such as a resident-set limit: of no interest here.
                used = rest.IndexOf((byte)' ');
                value = 0;
                if (used < 0)
                {
                    return null;
                }
            }

            fields[field] = value;
            rest = rest[used..];
        }

        return field == fields.Length
            ? new ProcessStat(pid, state, (int)fields[1], (int)fields[2], (int)fields[3], (ulong)fields[19], fields[21])
            : null;
    }
}
