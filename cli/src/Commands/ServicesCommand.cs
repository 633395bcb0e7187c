using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PvExec.Cli.Output;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Commands;

/// <summary><c>services</c>: asks pv-init how its services are, and for new instances of them; works while services are down.</summary>
internal static class ServicesCommand
{
    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        Option<bool> json = JsonOption.Create();
        json.Recursive = true;
        var runtimeDirectory = new LastOption("DIR", $"the daemon's runtime directory (default {RuntimePaths.Default}, or ${DaemonFlags.RuntimeDir.Variable})", "-runtime-dir", "--runtime-dir")
        {
            Recursive = true,
        };
        var command = new Command("services", "Lists the daemon's services, or restarts one.") { json, runtimeDirectory };
        command.Add(ServicesRestartCommand.Create(surroundings, parsed => Refusal(parsed, address), parsed => Paths(parsed, runtimeDirectory, surroundings), json));
        command.Does(surroundings, (parsed, _) =>
        {
            if (Refusal(parsed, address) is { } refusal)
            {
                return Task.FromResult(Ended.With(refusal));
            }

            if (!surroundings.ListServices(Paths(parsed, runtimeDirectory, surroundings)).TryGet(out IReadOnlyList<ServiceRow>? services, out Fault? fault))
            {
                return Task.FromResult(Ended.System(fault.Detail));
            }

            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(JsonSerializer.Serialize(services, Json.Default.IReadOnlyListServiceRow));
            }
            else
            {
                WriteTable(services, surroundings.Out);
            }

            return Task.FromResult(Ended.Well);
        });
        return address.NotFor(command);
    }

    private static Fault? Refusal(ParseResult parsed, DaemonAddress address) =>
        address.Refusal(parsed, "services", "it asks pv-init over a socket in the runtime directory; leave the address out, and give --runtime-dir DIR where that is not the default");

    private static RuntimePaths Paths(ParseResult parsed, LastOption runtimeDirectory, Surroundings surroundings)
    {
        string directory = runtimeDirectory.Last(parsed) is { Length: > 0 } given ? given
            : surroundings.Variable(DaemonFlags.RuntimeDir.Variable) is { Length: > 0 } set ? set
            : RuntimePaths.Default;
        return new RuntimePaths(Path.GetFullPath(directory, surroundings.WorkingDirectory));
    }

    private static void WriteTable(IReadOnlyList<ServiceRow> services, TextWriter output)
    {
        var table = new Table("NAME", "PID", "STATE", "RESTARTS", "UPTIME", "MEMORY");
        foreach (ServiceRow service in services)
        {
            bool runs = service.Pid != 0;
            table.Add(
                service.Name,
                runs ? service.Pid.ToString(CultureInfo.InvariantCulture) : "",
                service.State,
                service.Restarts.ToString(CultureInfo.InvariantCulture),
                runs ? Text.Elapsed(service.UptimeSeconds) : "",
                runs ? Text.Size(service.MemoryBytes) : "");
        }

        table.Write(output);
    }
}
