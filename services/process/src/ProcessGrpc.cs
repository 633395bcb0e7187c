using Grpc.Core;
using PvExec.Contract;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Specs;
using PvExec.Processes.Engine;

namespace PvExec.Processes;

/// <summary>The contract's calls, handed to the engine once they make sense.</summary>
internal sealed class ProcessGrpc(ProcessEngine engine) : ProcessService.ProcessServiceBase
{
    private const string PortProblemTrailer = "pv-port-problem";

    public override async Task<ConfigureProcessResp> ConfigureProcess(ConfigureProcessReq request, ServerCallContext context)
    {
        string name = SpecRules.Name(request.ProcessName).Value;
        Outcome<Unit> done = request.Enabled
            ? await engine.EnableAsync(ReadSpec(name, request), context.CancellationToken)
            : await engine.DisableAsync(name, context.CancellationToken);
        TellPortProblem(name, context);
        return done.Then<ConfigureProcessResp>(_ => new ConfigureProcessResp()).Value;
    }

    public override async Task<RestartProcessResp> RestartProcess(RestartProcessReq request, ServerCallContext context)
    {
        string name = SpecRules.Name(request.ProcessName).Value;
        IReadOnlyList<string> command = request.StartCmd.Count == 0 ? [] : SpecRules.Command(name, [.. request.StartCmd]).Value;
        IReadOnlyList<KeyValuePair<string, string>> variables = SpecRules.Variables(name, Pairs(request.EnvVars)).Value;
        Outcome<Unit> done = await engine.RestartAsync(name, command, variables, context.CancellationToken);
        TellPortProblem(name, context);
        return done.Then<RestartProcessResp>(_ => new RestartProcessResp()).Value;
    }

    public override Task<GetProcessStateResp> GetProcessState(GetProcessStateReq request, ServerCallContext context)
    {
        string name = SpecRules.Name(request.ProcessName).Value;
        TellPortProblem(name, context);
        return Task.FromResult(new GetProcessStateResp { ProcessState = engine.StateOf(name) });
    }

    /// <summary>A trailer: the contract's answers have no field for it.</summary>
    private void TellPortProblem(string name, ServerCallContext context)
    {
        if (engine.Find(name)?.PortProblem is { Length: > 0 } problem)
        {
            // Trailers are ASCII; a program may be called anything.
            context.ResponseTrailers.Add(PortProblemTrailer, string.Concat(problem.Select(c => c is >= ' ' and <= '~' ? c : '?')));
        }
    }

    private static ProcessSpec ReadSpec(string name, ConfigureProcessReq request) => new()
    {
        Name = name,
        Arguments = SpecRules.Command(name, [.. request.StartCmd]).Value,
        RunPath = SpecRules.RunPath(name, request.RunPath).Then(path => RunPaths.Check(name, path)).Value,
        ListeningPort = SpecRules.Port(name, request.ListeningPort).Value,
        Variables = SpecRules.Variables(name, Pairs(request.EnvVars)).Value,
    };

    private static KeyValuePair<string, string>[] Pairs(IEnumerable<Contract.KeyValuePair> variables) =>
        [.. variables.Select(variable => new KeyValuePair<string, string>(variable.Key, variable.Value))];
}
