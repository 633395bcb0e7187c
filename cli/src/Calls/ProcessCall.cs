using Grpc.Core;
using Grpc.Net.Client;
using PvExec.Cli.Core;
using PvExec.Contract;
using KeyValuePair = PvExec.Contract.KeyValuePair;

namespace PvExec.Cli.Calls;

/// <summary>A call to the process service.</summary>
internal abstract record ProcessCall(string Name)
{
    /// <summary>What another program on the port that the process should be exposed at does to it.</summary>
    private const string PortProblemTrailer = "pv-port-problem";

    public abstract Task<Ended> MakeAsync(GrpcChannel channel, Surroundings surroundings, CancellationToken cancellationToken);

    /// <summary>Waits for the answer, and says what keeps the process's port from being exposed: the call has succeeded all the same.</summary>
    private static async Task<T> AnswerAsync<T>(AsyncUnaryCall<T> made, Surroundings surroundings)
    {
        using AsyncUnaryCall<T> call = made;
        T answer = await call;
        if (call.GetTrailers().GetValue(PortProblemTrailer) is { Length: > 0 } problem)
        {
            surroundings.Error.WriteLine($"{CommandLine.Program}: warning: {problem.ReplaceLineEndings(" ")}");
        }

        return answer;
    }

    private static ProcessService.ProcessServiceClient Client(GrpcChannel channel) => new(channel);

    private static IEnumerable<KeyValuePair> ToMessages(IEnumerable<TaskVariable> variables) =>
        variables.Select(variable => new KeyValuePair { Key = variable.Key, Value = variable.Value });

    public sealed record Enable(string Name, IReadOnlyList<string> Command, string RunPath, uint Port, IReadOnlyList<TaskVariable> Variables) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, Surroundings surroundings, CancellationToken cancellationToken)
        {
            var request = new ConfigureProcessReq { ProcessName = Name, RunPath = RunPath, Enabled = true, ListeningPort = Port };
            request.StartCmd.Add(Command);
            request.EnvVars.Add(ToMessages(Variables));
            await AnswerAsync(Client(channel).ConfigureProcessAsync(request, cancellationToken: cancellationToken), surroundings);
            return Ended.Well;
        }
    }

    public sealed record Disable(string Name) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, Surroundings surroundings, CancellationToken cancellationToken)
        {
            await Client(channel).ConfigureProcessAsync(new ConfigureProcessReq { ProcessName = Name }, cancellationToken: cancellationToken);
            return Ended.Well;
        }
    }

    public sealed record Restart(string Name, IReadOnlyList<string> Command, IReadOnlyList<TaskVariable> Variables) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, Surroundings surroundings, CancellationToken cancellationToken)
        {
            var request = new RestartProcessReq { ProcessName = Name };
            request.StartCmd.Add(Command);
            request.EnvVars.Add(ToMessages(Variables));
            await AnswerAsync(Client(channel).RestartProcessAsync(request, cancellationToken: cancellationToken), surroundings);
            return Ended.Well;
        }
    }

    public sealed record State(string Name) : ProcessCall(Name)
    {
        public override async Task<Ended> MakeAsync(GrpcChannel channel, Surroundings surroundings, CancellationToken cancellationToken)
        {
            GetProcessStateResp answer = await AnswerAsync(
                Client(channel).GetProcessStateAsync(new GetProcessStateReq { ProcessName = Name }, cancellationToken: cancellationToken), surroundings);
            await surroundings.Out.WriteLineAsync(Word(answer.ProcessState));
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
