using System.CommandLine;
using System.Text.Json;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary><c>services restart NAME</c>: a new instance of a service takes the place of the one that runs, without a failed call.</summary>
internal static class ServicesRestartCommand
{
    /// <summary>The front comes last: callers come through it while the others are replaced.</summary>
    private static readonly Service[] Order = [.. Services.All.Where(service => service != Service.Front), Service.Front];

    public static Command Create(Surroundings surroundings, Func<ParseResult, Fault?> refusal, Func<ParseResult, RuntimePaths> paths, Option<bool> json)
    {
        var name = new Argument<string?>("NAME") { Description = Names(), Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("-all", "--all") { Description = "all of them, one after the other" };
        var command = new Command("restart", "Puts a new instance of a service in the place of the one that runs; returns when it is ready.") { name, all };
        command.Does(surroundings, (parsed, _) => Task.FromResult(
            refusal(parsed) is { } refused ? Ended.With(refused)
            : Chosen(parsed.GetValue(name), parsed.GetValue(all)).TryGet(out IReadOnlyList<Service>? chosen, out Fault? fault)
                ? Restart(chosen, paths(parsed), parsed.GetValue(json), surroundings)
                : Ended.With(fault)));
        return command;
    }

    private static Outcome<IReadOnlyList<Service>> Chosen(string? name, bool all)
    {
        if (all == (name is not null))
        {
            return new Fault(FaultKind.InvalidArgument, $"name one service ({Names()}), or give --all");
        }

        return all ? Order
            : Services.Parse(name!) is { } service ? new[] { service }
            : new Fault(FaultKind.InvalidArgument, $"'{name}' is no service: name one of {Names()}");
    }

    private static Ended Restart(IReadOnlyList<Service> services, RuntimePaths paths, bool json, Surroundings surroundings)
    {
        foreach (Service service in services)
        {
            if (!surroundings.RestartService(paths, service.Name()).Succeeded(out Fault? fault))
            {
                return fault.Kind is FaultKind.Unavailable or FaultKind.PermissionDenied ? Ended.System(fault.Detail) : Ended.Failed(fault.Detail);
            }

            if (!json)
            {
                surroundings.Out.WriteLine($"{service.Name()} restarted");
            }
        }

        if (json)
        {
            if (!surroundings.ListServices(paths).TryGet(out IReadOnlyList<ServiceRow>? rows, out Fault? fault))
            {
                return Ended.System(fault.Detail);
            }

            // The first row of a service is the instance that is the service.
            IReadOnlyList<ServiceRow> restarted = [.. services.SelectMany(service => rows.Where(row => row.Name == service.Name()).Take(1))];
            surroundings.Out.WriteLine(JsonSerializer.Serialize(restarted, Json.Default.IReadOnlyListServiceRow));
        }

        return Ended.Well;
    }

    private static string Names() => string.Join(", ", Services.All.Select(service => service.Name()));
}
