using System.Diagnostics;
using System.Text;

namespace PvExec.Testing;

/// <summary>
/// Describes a tree with tools that share nothing with our own code: find(1), sha256sum(1), getfattr(1). Two trees are the
/// same when their descriptions are.
/// </summary>
public static class TreeComparer
{
    // Type, mode, owner, size of files, time, link count of files, target, name. Sparse files: see Allocated.
    private const string Format = @"%y %m %U:%G %T@ %l %P\0";

    /// <summary>Lines that are in one tree and not in the other; empty for equal trees.</summary>
    public static IReadOnlyList<string> Differences(string left, string right)
    {
        HashSet<string> a = [.. Describe(left)];
        HashSet<string> b = [.. Describe(right)];
        return [.. a.Where(line => !b.Contains(line)).Select(line => "- " + line), .. b.Where(line => !a.Contains(line)).Select(line => "+ " + line)];
    }

    /// <summary>One line for each fact about a tree.</summary>
    public static IEnumerable<string> Describe(string root)
    {
        foreach (string entry in Run(root, $"find . -printf '{Format}'"))
        {
            yield return "entry " + entry;
        }

        foreach (string size in Run(root, @"find . -type f -printf '%s %n %P\0'"))
        {
            yield return "size, links " + size;
        }

        foreach (string sum in Run(root, "find . -type f -print0 | xargs -0 -r sha256sum -z"))
        {
            yield return "content " + sum;
        }

        foreach (string device in Run(root, @"find . \( -type b -o -type c \) -print0 | xargs -0 -r stat --printf '%n %t:%T\0'"))
        {
            yield return "device " + device;
        }

        foreach (string group in LinkGroups(root))
        {
            yield return "links " + group;
        }

        foreach (string xattr in Run(root, @"getfattr -R -P -h -d -m - -e hex . 2>/dev/null | grep -a -v -e '^user.pv-exec' -e '^# file: \.$' | tr '\n' '\0'"))
        {
            yield return "attribute " + xattr;
        }
    }

    private static IEnumerable<string> LinkGroups(string root)
    {
        IEnumerable<string[]> named = Run(root, @"find . ! -type d -links +1 -printf '%i %P\0'").Select(line => line.Split(' ', 2));
        return named.GroupBy(words => words[0]).Select(group => string.Join(" = ", group.Select(words => words[1]).Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> Run(string root, string script)
    {
        var start = new ProcessStartInfo("/bin/bash") { WorkingDirectory = root, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.Latin1 };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("export LC_ALL=C; " + script);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
