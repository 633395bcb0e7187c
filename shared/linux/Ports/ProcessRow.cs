using System.Globalization;

namespace PvExec.Linux.Ports;

/// <summary>To whom a process belongs (<c>/proc/PID/stat</c>, proc_pid_stat(5)).</summary>
/// <param name="Pid">The process.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="IsZombie">It has ended and was not waited for.</param>
/// <param name="StartTicks">When it started, in clock ticks since the machine did: with the pid it is the process's identity.</param>
public readonly record struct ProcessRow(int Pid, int Parent, int Group, int Session, bool IsZombie, ulong StartTicks)
{
    /// <summary>Every process that can be seen. One that ends meanwhile may be missing.</summary>
    public static List<ProcessRow> All()
    {
        var rows = new List<ProcessRow>(128);
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(directory.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Of(pid) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>One process, or null when there is none of that number.</summary>
    public static ProcessRow? Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            // ESRCH: it ended between open and read.
            return null;
        }
    }

    /// <summary>Reads the line of <c>/proc/PID/stat</c>; null when it is none.</summary>
    public static ProcessRow? Parse(string stat)
    {
        // The command's name is in parentheses and may itself hold spaces and parentheses.
        int open = stat.IndexOf('(');
        int close = stat.LastIndexOf(')');
        if (open < 2 || close < open)
        {
            return null;
        }

        string[] fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || !int.TryParse(stat.AsSpan(0, open), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int pid))
        {
            return null;
        }

        return new ProcessRow(pid, Number(fields[1]), Number(fields[2]), Number(fields[3]), fields[0] is "Z" or "X",
            ulong.Parse(fields[19], CultureInfo.InvariantCulture));

        static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
