using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Support;

/// <summary>A service <c>exec</c> on a socket of its own, started when a test says so, and those who call it.</summary>
internal sealed class TestService : IDisposable
{
    /// <summary>No test waits that long for what it expects.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ShortDirectory _directory = new();
    private readonly UnixTransportOptions _transport;

    public TestService(TimeProvider? time = null) => _transport = new UnixTransportOptions { Time = time ?? TimeProvider.System };

    public string Socket => _directory.Path("s");

    /// <summary>What the servers log.</summary>
    public ListLogger<BusServer> Log { get; } = new();

    /// <summary>Never answers; completes <paramref name="ended"/> when it is told that nobody waits.</summary>
    public static async Task<Outcome<ScopesAcquired>> NeverAsync(TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("it cannot end otherwise");
        }
        catch (OperationCanceledException)
        {
            ended.SetResult();
            throw;
        }
    }

    /// <summary>The answer of a handler that has nothing to wait for.</summary>
    public static Task<Outcome<ScopesAcquired>> Answer(ulong id) => Task.FromResult<Outcome<ScopesAcquired>>(new ScopesAcquired(id, default));

    /// <param name="timeLimit">The caller's; <see cref="Long"/> when it is left out.</param>
    public static Task<Outcome<ScopesAcquired>> RenewAsync(
        BusClient client,
        ulong id,
        WhenDown whenDown = WhenDown.Wait,
        TimeSpan? timeLimit = null,
        CancellationToken cancellationToken = default) =>
        client.CallAsync<RenewScopes, ScopesAcquired>(new RenewScopes(id), timeLimit ?? Long, whenDown, cancellationToken);

    public BusServer Serve(Func<RenewScopes, BusCall, CancellationToken, Task<Outcome<ScopesAcquired>>> handler, BusLimits? limits = null) =>
        Serve<RenewScopes, ScopesAcquired>(handler, limits);

    public BusServer Serve<TRequest, TReply>(Func<TRequest, BusCall, CancellationToken, Task<Outcome<TReply>>> handler, BusLimits? limits = null)
        where TRequest : IBusMessage<TRequest>
        where TReply : IBusMessage<TReply>
    {
        var server = new BusServer("exec", limits ?? BusLimits.Default, _transport, Log);
        server.Handle(handler);
        server.Start(Socket);
        return server;
    }

    public BusClient Client(BusLimits? limits = null) =>
        new("exec", Socket, limits ?? BusLimits.Default, _transport, NullLogger<BusClient>.Instance);

    /// <summary>A caller that is a stock libzmq socket.</summary>
    public Task<PythonPeer> PeerAsync(params string[] options) => PythonPeer.StartAsync("DEALER", "connect", Socket, options);

    public void Dispose() => _directory.Dispose();
}
