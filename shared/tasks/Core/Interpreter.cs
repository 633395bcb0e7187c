using System.Text;

namespace PvExec.Tasks.Core;

/// <summary>The program that the first line of a script names behind <c>#!</c>, as execve(2) reads it.</summary>
/// <param name="Path">Empty when there is none.</param>
/// <param name="Argument">All that follows it, which it is given as one argument; empty when there is none.</param>
public sealed record Interpreter(string Path, string Argument)
{
    /// <summary>More of a file the kernel does not look at.</summary>
    public const int MaxBytes = 256;

    private const string Split = "-S";

    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>Whether it is env(1), which looks another program up in PATH.</summary>
    public bool IsEnv => Path.EndsWith("/env", StringComparison.Ordinal);

    /// <summary>What env(1) is told to run: its whole argument, or behind <c>-S</c> the first word that sets no variable.</summary>
    /// <returns>Empty when nothing is named; null when other options, another PATH or quoting say what it is.</returns>
    public string? Program
    {
        get
        {
            if (!Argument.StartsWith(Split, StringComparison.Ordinal))
            {
                return Argument.StartsWith('-') || Argument.Contains('=') ? null : Argument;
            }

            string[] words = Argument[Split.Length..].Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            string word = words.FirstOrDefault(word => !word.Contains('=')) ?? "";
            return word.StartsWith('-') || word.AsSpan().ContainsAny("'\"\\$") || words.Any(one => one.StartsWith("PATH=", StringComparison.Ordinal)) ? null : word;
        }
    }

    /// <summary>Null for what does not begin with <c>#!</c>, or whose interpreter's name is cut off.</summary>
    /// <param name="head">The first <see cref="MaxBytes"/> of the file.</param>
    public static Interpreter? Of(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("#!"u8))
        {
            return null;
        }

        int end = head.IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? head[2..] : head[2..end]).Trim(s_blanks);
        int blank = line.IndexOfAny(s_blanks);
        return blank < 0 && end < 0 && head.Length == MaxBytes ? null
            : blank < 0 ? new Interpreter(line, "") : new Interpreter(line[..blank], line[blank..].Trim(s_blanks));
    }
}
