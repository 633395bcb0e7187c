using System.CommandLine;
using System.Globalization;
using PvExec.Cli.Calls;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Commands;

/// <summary>The options -p and -host, which stand before the command or behind it (for exec: before TASK).</summary>
internal sealed class DaemonAddress
{
    private static readonly DaemonOptions Defaults = new();

    public Option<string?> Port { get; } = new("-p", "--p")
    {
        Description = $"the daemon's port (default {Defaults.Port}, or ${DaemonFlags.Port.Variable})",
        HelpName = "PORT",
        Recursive = true,
    };

    public Option<string?> Host { get; } = new("-host", "--host")
    {
        Description = $"the daemon's address (default {Defaults.Host}, or ${DaemonFlags.Host.Variable})",
        HelpName = "HOST",
        Recursive = true,
    };

    /// <summary>Where the daemon is, from the options, the variables or the defaults, in this order.</summary>
    public Outcome<Target> Target(ParseResult parsed, Func<string, string?> variable)
    {
        string? host = Given(parsed.GetValue(Host), DaemonFlags.Host);
        string? port = Given(parsed.GetValue(Port), DaemonFlags.Port);
        int number = Defaults.Port;
        if (port is not null && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65535))
        {
            return new Fault(FaultKind.InvalidArgument, $"-p '{port}' is not a port: give a number from 1 to 65535");
        }

        host ??= Defaults.Host;
        return Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown
            ? new Fault(FaultKind.InvalidArgument, $"-host '{host}' is neither a name nor an address")
            : new Target(Reachable(host.Trim('[', ']')), number);

        // "All addresses" is where a daemon listens, not where it is called: the same variable serves both.
        static string Reachable(string address) => address switch
        {
            "0.0.0.0" => "127.0.0.1",
            "::" => "::1",
            _ => address,
        };

        string? Given(string? value, DaemonFlag flag) =>
            value is { Length: > 0 } ? value : variable(flag.Variable) is { Length: > 0 } set ? set : null;
    }
}
