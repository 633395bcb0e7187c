using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Calls;
using PvExec.Bus.Events;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;
using PvExec.Proto.Bus.Processes;
using PvExec.Proto.Bus.Worktrees;

namespace PvExec.Bus.Tests.Messages;

/// <summary>The client in docs/bus.md, a stock libzmq peer, as it stands there.</summary>
public sealed class DocumentedClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ShortDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_is_answered_by_every_service_and_told_of_events()
    {
        await using BusServer exec = Server("exec");
        TimeSpan? timeLeft = null;
        exec.Handle<AcquireScopes, ScopesAcquired>((_, call, _) =>
        {
            timeLeft = call.TimeLeft;
            return Answer(new ScopesAcquired(41, TimeSpan.FromSeconds(30)));
        });
        exec.Handle<RenewScopes, ScopesAcquired>((renew, _, _) => Answer(new ScopesAcquired(renew.LeaseId, TimeSpan.FromSeconds(30))));
        exec.Handle<ReleaseScopes, Done>((_, _, _) => Answer(Done.Value));
        await using BusServer process = Server("process");
        process.Handle<FreezeProcesses, ProcessesFrozen>((_, _, _) => Answer(new ProcessesFrozen(7, ["web"])));
        process.Handle<RenewFreeze, Done>((_, _, _) => Answer(Done.Value));
        process.Handle<ThawProcesses, Done>((_, _, _) => Answer(Done.Value));
        await using BusServer worktree = Server("worktree");
        worktree.Handle<SaveWorktree, WorktreeSaved>((_, _, _) => Task.FromResult<Outcome<WorktreeSaved>>(new Fault(FaultKind.FailedPrecondition, "no worktree")));
        foreach (BusServer server in (BusServer[])[exec, process, worktree])
        {
            server.Start(_directory.Path(server == exec ? "exec.sock" : server == process ? "process.sock" : "worktree.sock"));
        }

        await using var events = new BusPublisher("exec", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusPublisher>.Instance);
        events.Start(_directory.Path("exec.events.sock"));
        using Process client = Start();
        try
        {
            await CheckAsync(client, events);
        }
        finally
        {
            client.Kill();
        }

        Assert.InRange(timeLeft!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    private async Task CheckAsync(Process client, BusPublisher events)
    {
        Task<string> errors = client.StandardError.ReadToEndAsync();
        string[] expected =
        [
            "exec.scopes.acquired 41 30000", "exec.scopes.acquired [41, 30000]", "bus.done []", "frozen 7 ['web']", "bus.done []", "bus.done []",
            "FailedPrecondition: no worktree",
        ];
        foreach (string line in expected)
        {
            Assert.Equal(line, await LineAsync(client) ?? await errors);
        }

        // Its subscription takes a moment to arrive. A call in between keeps the events from filling the queues.
        await using var pace = new BusClient("exec", _directory.Path("exec.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);
        Task<string?> told = LineAsync(client);
        while (!told.IsCompleted)
        {
            events.Publish(new ScopeFreed("src", "me"));
            Outcome<Done> answered = await pace.CallAsync<ReleaseScopes, Done>(new ReleaseScopes(1), Patience, WhenDown.Wait, CancellationToken.None);
            Assert.Null(answered.Fault);
        }

        Assert.Matches(@"^exec\.scope\.freed [0-9]+ \['src', 'me'\]$", await told ?? await errors);
    }

    private static Task<string?> LineAsync(Process client) => client.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    private static Task<Outcome<T>> Answer<T>(T message)
        where T : IBusMessage<T> => Task.FromResult<Outcome<T>>(message);

    private static BusServer Server(string name) => new(name, BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusServer>.Instance);

    private Process Start()
    {
        string text = File.ReadAllText(TopicTableTests.Docs());
        int begins = text.IndexOf("```python\n", StringComparison.Ordinal) + "```python\n".Length;
        string program = _directory.Path("look.py");
        File.WriteAllText(program, text[begins..text.IndexOf("```\n", begins, StringComparison.Ordinal)]);
        return Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-u", program, Path.GetDirectoryName(program)!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
