using System.Globalization;
using PvExec.Cli.Calls;
using PvExec.Cli.Core;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary>What was said to <c>process</c>, before it is understood.</summary>
/// <param name="RunPath">An absolute path.</param>
internal sealed record ProcessWords(string Name, string Action, string? StartCommand, string RunPath, string? Port, IReadOnlyList<string> Variables)
{
    public Outcome<ProcessCall> ToCall()
    {
        if (!WordSplitter.Split(StartCommand ?? "").TryGet(out IReadOnlyList<string>? command, out Fault? fault)
            || !TaskVariable.ParseAll(Variables).TryGet(out IReadOnlyList<TaskVariable>? variables, out fault)
            || !ParsePort().TryGet(out uint port, out fault))
        {
            return fault;
        }

        switch (Action)
        {
            case "enable" or "restart" when command.Count == 0:
                return new Fault(FaultKind.InvalidArgument, $"'{Action}' of process '{Name}' needs a command: give -start-cmd CMD");
            case "enable":
                return new ProcessCall.Enable(Name, command, RunPath, port, variables);
            case "restart":
                return new ProcessCall.Restart(Name, command, variables);
            case "disable":
                return new ProcessCall.Disable(Name);
            case "state":
                return new ProcessCall.State(Name);
            default:
                return new Fault(FaultKind.InvalidArgument, $"'{Action}' is none of enable, disable, restart, state");
        }
    }

    private Outcome<uint> ParsePort()
    {
        if (Port is null or "")
        {
            return 0u;
        }

        return uint.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out uint port) && port <= 65535
            ? port
            : new Fault(FaultKind.InvalidArgument, $"-listening-port '{Port}' is not a port: give a number from 0 to 65535");
    }
}
