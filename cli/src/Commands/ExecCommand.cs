using System.CommandLine;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using PvExec.Cli.Calls;
using PvExec.Cli.Core;
using PvExec.Contract;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary><c>exec [-w] [-i] TASK [KEY=VALUE …]</c>: runs a task.</summary>
internal static class ExecCommand
{
    private const string Notes = """
        With -w the exit code is that of the task, or 128 and the number of the signal that ended it; what a task that
        failed printed last on standard error is printed there.
        Options stand before TASK; alone, -w and -i may also stand behind it. Every other word behind TASK is a
        KEY=VALUE and taken as it is, dashes and '=' included: "task -w=1" gives the task a variable "-w".

        Example:
          pv_exec exec -w common/file_read FILEPATH=src/index.js
          pv_exec exec -w -i common/file_write FILEPATH=src/index.js < index.js

        """;

    /// <param name="words">What stands behind TASK; the parser must not see it.</param>
    public static Command Create(DaemonAddress address, IReadOnlyList<string> words, Surroundings surroundings)
    {
        var wait = new Option<bool>("-w", "--w", "--wait") { Description = "wait until the task has ended, and print its output", Arity = ArgumentArity.Zero };
        var input = new Option<bool>("-i", "--i") { Description = "pass standard input to the task", Arity = ArgumentArity.Zero };
        var task = new Argument<string>("TASK") { Description = "the task's name, such as common/file_list" };
        var pairs = new Argument<string[]>("KEY=VALUE")
        {
            // For the help alone: the words do not come this way.
            Description = "variables for the task; a value may hold '='",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new NotedCommand("exec", "Runs a task.", Notes) { wait, input, task, pairs };
        command.Does(surroundings, async (parsed, cancellationToken) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault)
                || !TaskVariable.ParseAll(words).TryGet(out IReadOnlyList<TaskVariable>? variables, out fault))
            {
                return Ended.With(fault);
            }

            var request = new ExecReq { TaskName = parsed.GetValue(task), WaitForCompletion = parsed.GetValue(wait) };
            request.KeyValues.Add(variables.Select(variable => new ExecReq.Types.KeyValuePair { Key = variable.Key, Value = variable.Value }));
            if (parsed.GetValue(input))
            {
                Outcome<ByteString> data = await ReadAllAsync(surroundings.Input, cancellationToken);
                if (!data.TryGet(out ByteString? bytes, out fault))
                {
                    return Ended.With(fault);
                }

                request.Data = bytes;
            }

            return await DaemonCall.MakeAsync(target, channel => RunAsync(channel, request, surroundings, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static async Task<Ended> RunAsync(GrpcChannel channel, ExecReq request, Surroundings surroundings, CancellationToken cancellationToken)
    {
        using AsyncUnaryCall<ExecResp> call = new ExecService.ExecServiceClient(channel).ExecAsync(request, cancellationToken: cancellationToken);
        ExecResp answer = await call;
        if (!request.WaitForCompletion)
        {
            return Ended.Well;
        }

        try
        {
            await surroundings.Output.WriteAsync(answer.Data.Memory, cancellationToken);
            await surroundings.Output.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            return Ended.System($"cannot write the output of '{request.TaskName}': {e.Message}");
        }

        Metadata trailers = call.GetTrailers();
        if (trailers.GetValueBytes(TaskExit.ErrorsTrailer) is { Length: > 0 } errors)
        {
            surroundings.Error.Write(Encoding.UTF8.GetString(errors));
        }

        return new Ended(TaskExit.ShellCode(trailers.GetValue(TaskExit.CodeTrailer), trailers.GetValue(TaskExit.SignalTrailer)));
    }

    private static async Task<Outcome<ByteString>> ReadAllAsync(Stream input, CancellationToken cancellationToken)
    {
        using var data = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            data.Write(buffer, 0, read);
            if (data.Length > DaemonCall.MaxMessageBytes)
            {
                return new Fault(FaultKind.InvalidArgument, "standard input is larger than 10 MiB, the most that a task is given: put it into a file of the worktree");
            }
        }

        return ByteString.CopyFrom(data.GetBuffer(), 0, (int)data.Length);
    }
}
