using System.Text;
using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>
/// Splits a command into words as a shell would, without one: blanks separate; '…' is taken as it is; in "…" a backslash
/// escapes '"', '\', '$' and '`'; elsewhere it escapes any character. Nothing is expanded: no variables, no patterns.
/// </summary>
public static class WordSplitter
{
    public static Outcome<IReadOnlyList<string>> Split(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }

                continue;
            }

            word ??= new StringBuilder();
            if (c is '\'' or '"')
            {
                int end = ReadQuoted(command, i, word);
                if (end < 0)
                {
                    return new Fault(FaultKind.InvalidArgument, $"the quote {c} at character {i + 1} of '{command}' is not closed: close it, or write \\{c}");
                }

                i = end;
            }
            else if (c != '\\')
            {
                word.Append(c);
            }
            else if (++i < command.Length)
            {
                word.Append(command[i]);
            }
            else
            {
                return new Fault(FaultKind.InvalidArgument, $"'{command}' ends with a lone backslash: write \\\\ for a backslash");
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <returns>The index of the closing quote, or -1 when there is none.</returns>
    private static int ReadQuoted(string command, int open, StringBuilder word)
    {
        char quote = command[open];
        for (int i = open + 1; i < command.Length; i++)
        {
            char c = command[i];
            if (c == quote)
            {
                return i;
            }

            if (quote == '"' && c == '\\' && i + 1 < command.Length && command[i + 1] is ('"' or '\\' or '$' or '`'))
            {
                c = command[++i];
            }

            word.Append(c);
        }

        return -1;
    }
}
