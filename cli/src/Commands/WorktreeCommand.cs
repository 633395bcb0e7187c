using System.CommandLine;
using Grpc.Net.Client;
using PvExec.Api.V1;
using PvExec.Cli.Calls;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary><c>worktree save|status|list</c>.</summary>
internal static class WorktreeCommand
{
    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        var worktree = new Command("worktree", "Saves the worktree, or looks at it.");
        Add("save", "Saves the worktree; comes back when it is durable in the store.", async (client, json, cancellationToken) =>
        {
            SaveResponse answer = await client.SaveAsync(new SaveRequest(), cancellationToken: cancellationToken);
            var row = new SaveRow(SnapshotRow.From(answer.Snapshot), answer.Changed, answer.UploadedBytes, answer.Elapsed?.ToTimeSpan().TotalSeconds ?? 0);
            WorktreePrinter.Print(row, json, surroundings.Out);
        });
        Add("status", "Shows where the worktree is and how its last save went.", async (client, json, cancellationToken) =>
        {
            WorktreeStatus answer = await client.GetStatusAsync(new GetStatusRequest(), cancellationToken: cancellationToken);
            WorktreePrinter.Print(StatusRow.From(answer), json, surroundings.Out);
        });
        Add("list", "Lists its snapshots, newest first.", async (client, json, cancellationToken) =>
        {
            ListSnapshotsResponse answer = await client.ListSnapshotsAsync(new ListSnapshotsRequest(), cancellationToken: cancellationToken);
            WorktreePrinter.Print([.. answer.Snapshots.Select(snapshot => SnapshotRow.From(snapshot)!)], json, surroundings.Out);
        });
        return worktree;

        void Add(string name, string description, Func<Worktrees.WorktreesClient, bool, CancellationToken, Task> call)
        {
            Option<bool> json = JsonOption.Create();
            var command = new Command(name, description) { json };
            command.Does(surroundings, async (parsed, cancellationToken) =>
            {
                if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
                {
                    return Ended.With(fault);
                }

                return await DaemonCall.MakeAsync(target, CallAsync, cancellationToken);

                async Task<Ended> CallAsync(GrpcChannel channel)
                {
                    await call(new Worktrees.WorktreesClient(channel), parsed.GetValue(json), cancellationToken);
                    return Ended.Well;
                }
            });
            worktree.Add(command);
        }
    }
}
