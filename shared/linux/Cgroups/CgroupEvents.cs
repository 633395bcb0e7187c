using System.Buffers.Text;

namespace PvExec.Linux.Cgroups;

/// <summary>The flat keyed files of cgroup version 2: a name and a number on every line.</summary>
public static class CgroupEvents
{
    /// <summary>A name's number; 0 when it is not there.</summary>
    public static long Value(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        foreach (Range range in file.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = file[range];
            if (line.Length > name.Length && line[name.Length] == ' ' && line.StartsWith(name) && Utf8Parser.TryParse(line[(name.Length + 1)..], out long value, out _))
            {
                return value;
            }
        }

        return 0;
    }
}
