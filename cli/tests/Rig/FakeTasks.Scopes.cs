using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

internal sealed partial class FakeTasks
{
    /// <summary>What is told of the scopes, in order, from the first call on.</summary>
    public static readonly IReadOnlyList<ScopesChanged> Scopes =
    [
        new()
        {
            IsAll = true,
            GoesOn = true,
            Scopes =
            {
                new ScopeUse
                {
                    Scope = "src",
                    HolderCount = 1,
                    WaiterCount = 3,
                    Holders = { User("R1", "common/build\u001b", holds: true, writes: true) },
                    Waiters = { User("pv-worktree", "autosave", holds: false, writes: false) },
                },
            },
        },
        new() { Scopes = { new ScopeUse { Scope = "dep", HolderCount = 1, Holders = { User("me", "a look around", holds: true, writes: false) } } } },
        new() { Scopes = { new ScopeUse { Scope = "dep" } } },
        new() { IsAll = true },
    ];

    public static ScopeUser User(string holder, string reason, bool holds, bool writes) =>
        new() { Holder = holder, Reason = reason, Holds = holds, Writes = writes, Since = Told.Time };

    /// <summary>What follows them on the stream.</summary>
    public Func<CancellationToken, Task> AfterScopes { get; set; } = _ => Task.CompletedTask;

    /// <summary>In place of both.</summary>
    public Func<Func<ScopesChanged, Task>, CancellationToken, Task>? OnScopes { get; set; }

    public override async Task WatchScopes(WatchScopesRequest request, IServerStreamWriter<ScopesChanged> responseStream, ServerCallContext context)
    {
        if (request.Scope == "..")
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "scope '..' has the segment '..'"));
        }

        if (OnScopes is { } tells)
        {
            await tells(responseStream.WriteAsync, context.CancellationToken);
            return;
        }

        foreach (ScopesChanged told in Scopes)
        {
            await responseStream.WriteAsync(told);
        }

        await AfterScopes(context.CancellationToken);
    }
}
