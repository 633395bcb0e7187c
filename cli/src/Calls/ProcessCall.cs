using Grpc.Net.Client;
using PvExec.Cli.Core;
using PvExec.Contract;
using KeyValuePair = PvExec.Contract.KeyValuePair;

namespace PvExec.Cli.Calls;

/// <summary>A call to the process service.</summary>
internal abstract record ProcessCall(string Name)
{
    public abstract Task<Ended> MakeAsync(GrpcChannel channel, TextWriter output, CancellationToken cancellationToken);

    private static ProcessService.ProcessServiceClient Client(GrpcChannel channel) => new(channel);

    private static IEnumerable<KeyValuePair> ToMessages(IEnumerable<TaskVariable> variables) =>
        variables.Select(variable => new KeyValuePair { Key = variable.Key, Value = variable.Value });

    public sealed record Enable(string Name, IReadOnlyList<string> Command, string RunPath, uint Port, IReadOnlyList<TaskVariable> Variables) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, TextWriter output, CancellationToken cancellationToken)
        {
            var request = new ConfigureProcessReq { ProcessName = Name, RunPath = RunPath, Enabled = true, ListeningPort = Port };
            request.StartCmd.Add(Command);
            request.EnvVars.Add(ToMessages(Variables));
            await Client(channel).ConfigureProcessAsync(request, cancellationToken: cancellationToken);
            return Ended.Well;
        }
    }

    public sealed record Disable(string Name) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, TextWriter output, CancellationToken cancellationToken)
        {
            await Client(channel).ConfigureProcessAsync(new ConfigureProcessReq { ProcessName = Name }, cancellationToken: cancellationToken);
            return Ended.Well;
        }
    }

    public sealed record Restart(string Name, IReadOnlyList<string> Command, IReadOnlyList<TaskVariable> Variables) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, TextWriter output, CancellationToken cancellationToken)
        {
            var request = new RestartProcessReq { ProcessName = Name };
            request.StartCmd.Add(Command);
            request.EnvVars.Add(ToMessages(Variables));
            await Client(channel).RestartProcessAsync(request, cancellationToken: cancellationToken);
            return Ended.Well;
        }
    }

    public sealed record State(string Name) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, TextWriter output, CancellationToken cancellationToken)
        {
            GetProcessStateResp answer = await Client(channel)
                .GetProcessStateAsync(new GetProcessStateReq { ProcessName = Name }, cancellationToken: cancellationToken);
            await output.WriteLineAsync(Word(answer.ProcessState));
            return Ended.Well;
        }

        private static string Word(ProcessState state) => state switch
        {
            ProcessState.NotRunning => "NOT_RUNNING",
            ProcessState.Starting => "STARTING",
            ProcessState.Running => "RUNNING",
            ProcessState.Finished => "FINISHED",
            _ => ((int)state).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
