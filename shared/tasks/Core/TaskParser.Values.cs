using System.Globalization;
using System.Text;
using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <content>The files that hold one value.</content>
public sealed partial class TaskParser
{
    private const double MaxSeconds = 30 * 86400;
    private const double LeastSeconds = 0.001;
    private const int MaxRuns = 1_000_000;

    /// <summary>The one line that says something, or null and a fault.</summary>
    private SettingLine? Value(SettingFile file, string what)
    {
        if (!IsReadable(file))
        {
            return null;
        }

        IReadOnlyList<SettingLine> lines = SettingLine.Of(Encoding.UTF8.GetString(file.Content.Span));
        if (lines.Count == 0)
        {
            Wrong(file.Path, 1, $"says nothing: write {what}, or remove the file");
            return null;
        }

        if (lines.Count > 1)
        {
            Wrong(file.Path, lines[1].Number, $"{Quoted.Of(lines[1].Text)} is one value too many: {what} on one line is all there may be");
            return null;
        }

        return lines[0];
    }

    private TimeSpan? Seconds(SettingFile? file)
    {
        if (file is null || Value(file, "a number of seconds such as 30 or 0.5") is not { } line)
        {
            return null;
        }

        if (double.TryParse(line.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= LeastSeconds and <= MaxSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Wrong(file.Path, line.Number, $"{Quoted.Of(line.Text)} is no number of seconds from 0.001 to 2592000: write one such as 30 or 0.5, or remove the file");
        return null;
    }

    private int? Count(SettingFile? file)
    {
        if (file is null || Value(file, "a whole number such as 1") is not { } line)
        {
            return null;
        }

        if (int.TryParse(line.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MaxRuns)
        {
            return count;
        }

        Wrong(file.Path, line.Number, $"{Quoted.Of(line.Text)} is no whole number from 1 to {MaxRuns}: write one, or remove the file");
        return null;
    }

    private TaskUser? User(SettingFile? file, Accounts? accounts)
    {
        if (file is null || Value(file, "name, name:group or uid:gid") is not { } line)
        {
            return null;
        }

        if ((accounts ?? Accounts.Parse("", "")).Find(line.Text).TryGet(out TaskUser? user, out Fault? fault))
        {
            return user;
        }

        Wrong(file.Path, line.Number, fault.Detail);
        return null;
    }

    /// <summary>
    /// As s6-envdir reads it: the first line without white space at its end, NUL bytes as newlines; an empty file
    /// takes the variable away.
    /// </summary>
    private TaskVariable[] Environment(IReadOnlyList<SettingFile> files)
    {
        var variables = new List<TaskVariable>();
        foreach (SettingFile file in files)
        {
            string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
            if (name.Contains('='))
            {
                Wrong(file.Path, 1, "has '=' in its name: a variable's name cannot hold it, rename the file");
            }
            else if (IsReadable(file))
            {
                ReadOnlySpan<byte> content = file.Content.Span;
                ReadOnlySpan<byte> line = content[..(content.IndexOf((byte)'\n') is var end and >= 0 ? end : content.Length)].TrimEnd(" \t\r"u8);
                try
                {
                    variables.Add(new TaskVariable(name, content.IsEmpty ? null : s_strict.GetString(line).Replace('\0', '\n')));
                }
                catch (DecoderFallbackException)
                {
                    Wrong(file.Path, 1, "is not UTF-8: variables travel as UTF-8 text");
                }
            }
        }

        return [.. variables];
    }
}
