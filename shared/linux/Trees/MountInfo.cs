using System.Text;

namespace PvExec.Linux.Trees;

/// <summary>One line of /proc/self/mountinfo (proc(5)).</summary>
/// <param name="MountPoint">An absolute path.</param>
/// <param name="FileSystem">Its type, such as <c>tmpfs</c>.</param>
/// <param name="Source">What was mounted, or the name given to it.</param>
public sealed record MountInfo(byte[] MountPoint, string FileSystem, string Source)
{
    /// <summary>All mounts that this process sees, in the order of mounting.</summary>
    /// <exception cref="IOException">/proc is not mounted.</exception>
    public static IReadOnlyList<MountInfo> Read() => Parse(File.ReadAllBytes("/proc/self/mountinfo"));

    /// <summary>What is mounted at a path, the last of several; null for nothing.</summary>
    /// <param name="path">Absolute, without symlinks and without a slash at the end.</param>
    public static MountInfo? At(ReadOnlySpan<byte> path)
    {
        MountInfo? found = null;
        foreach (MountInfo mount in Read())
        {
            found = path.SequenceEqual(mount.MountPoint) ? mount : found;
        }

        return found;
    }

    /// <summary>Takes the file's text apart; lines that are none are left out.</summary>
    public static IReadOnlyList<MountInfo> Parse(ReadOnlySpan<byte> text)
    {
        var mounts = new List<MountInfo>();
        foreach (Range range in text.Split((byte)'\n'))
        {
            // 36 35 98:0 /root /mount/point rw,noatime master:1 - type source options
            string[] words = Encoding.Latin1.GetString(text[range]).Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash > 5 && dash + 2 < words.Length)
            {
                mounts.Add(new MountInfo(Unescape(words[4]), words[dash + 1], Encoding.UTF8.GetString(Unescape(words[dash + 2]))));
            }
        }

        return mounts;
    }

    /// <summary>Space, tab, newline and backslash are written as three octal digits.</summary>
    private static byte[] Unescape(string word)
    {
        var bytes = new List<byte>(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == '\\' && i + 3 < word.Length && word.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                bytes.Add((byte)(((word[i + 1] - '0') << 6) | ((word[i + 2] - '0') << 3) | (word[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.Add((byte)word[i]);
            }
        }

        return [.. bytes];
    }
}
