using System.CommandLine;
using System.Text;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Commands;

/// <summary><c>daemon FLAGS</c>: becomes pv-init, which reads and checks the flags.</summary>
internal static class DaemonCommand
{
    private static readonly string[] HelpWords = ["--help", "-help", "-h", "-?"];

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        var flags = new Argument<string[]>("FLAGS")
        {
            Description = "see below",
            Arity = ArgumentArity.ZeroOrMore,
            CaptureRemainingTokens = true,
        };
        var command = new NotedCommand("daemon", "Starts the daemon in the foreground, and the command behind --, if any, as its main process; SIGTERM or Ctrl-C stops it in order and saves.", Notes()) { flags };
        command.Does(surroundings, async (parsed, cancellationToken) =>
        {
            string[] words = parsed.GetValue(flags) ?? [];
            if (words.TakeWhile(word => word != FlagValues.CommandFollows).Any(HelpWords.Contains))
            {
                return new Ended(await command.Parse("--help").InvokeAsync(parsed.InvocationConfiguration, cancellationToken));
            }

            var given = new List<string>();
            Add(given, DaemonFlags.Port, address.Port.Last(parsed));
            Add(given, DaemonFlags.Host, address.Host.Last(parsed));
            return Ended.With(surroundings.BecomeInit([.. given, .. words]));
        });
        return command;
    }

    private static void Add(List<string> words, DaemonFlag flag, string? value)
    {
        if (value is not null)
        {
            words.AddRange(flag.Words(value));
        }
    }

    private static string Notes()
    {
        int width = DaemonFlags.All.Max(flag => Label(flag).Length);
        var notes = new StringBuilder("Flags, with one dash or two; a variable stands in for a flag that is not given:\n");
        foreach (DaemonFlag flag in DaemonFlags.All)
        {
            string more = flag.Repeatable ? ", repeatable" : "";
            notes.Append("  ").Append(Label(flag).PadRight(width)).Append("  ").Append(flag.Help).Append(more)
                .Append(" [$").Append(flag.Variable).Append(flag.Repeatable ? ", separated by colons" : "").Append("]\n");
        }

        return notes.ToString();
    }

    private static string Label(DaemonFlag flag) => $"-{flag.Name} {flag.Argument}";
}
