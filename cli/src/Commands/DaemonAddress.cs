using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PvExec.Cli.Calls;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Commands;

/// <summary>The options -p and -host, which stand before the command or behind it (for exec: before TASK).</summary>
internal sealed class DaemonAddress
{
    private static readonly DaemonOptions Defaults = new();

    private readonly HashSet<Command> _withoutIt = [];

    public LastOption Port { get; } = new("PORT", $"the daemon's port (default {Defaults.Port}, or ${DaemonFlags.Port.Variable})", "-p", "--p")
    {
        Recursive = true,
    };

    public LastOption Host { get; } = new("HOST", $"the daemon's address (default {Defaults.Host}, or ${DaemonFlags.Host.Variable})", "-host", "--host")
    {
        Recursive = true,
    };

    /// <summary>Refuses them for a command that asks no daemon at an address; null when they are not given.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="instead">What it does, and what to give.</param>
    public Fault? Refusal(ParseResult parsed, string command, string instead)
    {
        string? given = Port.Last(parsed) is not null ? "-p" : Host.Last(parsed) is not null ? "-host" : null;
        return given is null ? null : new Fault(FaultKind.InvalidArgument, $"{given} is not for '{command}': {instead}");
    }

    /// <summary>Says that a command, with those below it, refuses them.</summary>
    public Command NotFor(Command command)
    {
        _withoutIt.Add(command);
        return command;
    }

    /// <summary>Keeps them out of the help of a command that refuses them.</summary>
    public void HideWhereRefused(CommandResult asked)
    {
        bool isRefused = false;
        for (SymbolResult? at = asked; at is not null; at = at.Parent)
        {
            isRefused |= at is CommandResult { Command: var command } && _withoutIt.Contains(command);
        }

        Port.Hidden = Host.Hidden = isRefused;
    }

    /// <summary>The port of the option; null when it is not given, InvalidArgument when it is none.</summary>
    public Outcome<int?> GivenPort(ParseResult parsed) => Port.Last(parsed) is { Length: > 0 } given ? Number(given).Then<int?>(port => port) : (int?)null;

    /// <summary>Where the daemon is, from the options, the variables or the defaults, in this order.</summary>
    public Outcome<Target> Target(ParseResult parsed, Func<string, string?> variable)
    {
        string? host = Given(Host.Last(parsed), DaemonFlags.Host);
        string? port = Given(Port.Last(parsed), DaemonFlags.Port);
        if (!(port is null ? Defaults.Port : Number(port)).TryGet(out int number, out Fault? fault))
        {
            return fault;
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

    private static Outcome<int> Number(string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 65535
            ? number
            : new Fault(FaultKind.InvalidArgument, $"-p '{port}' is not a port: give a number from 1 to 65535");
}
