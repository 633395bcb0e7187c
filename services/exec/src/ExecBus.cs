using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Leases;
using PvExec.Hosting.Sockets;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Exec;

/// <summary>Bus to core: other services take scope locks here.</summary>
public sealed class ExecBus : IAsyncDisposable
{
    private readonly ScopeLeases _leases;
    private readonly BusServer _server;

    public ExecBus(ScopeLeases leases, ILogger<BusServer> log)
    {
        _leases = leases;
        _server = new BusServer(Service.Exec.Name(), BusLimits.Default, UnixTransportOptions.Default, log);
        _server.Handle<AcquireScopes, ScopesAcquired>((request, call, stop) => HereAsync(() => AcquireAsync(request, call, stop), stop));
        _server.Handle<RenewScopes, ScopesAcquired>((request, call, stop) => HereAsync(() => Task.FromResult(Renew(request, call)), stop));
        _server.Handle<ReleaseScopes, Done>((request, _, stop) => HereAsync(() => Task.FromResult(Release(request)), stop));
    }

    /// <summary>The kinds of message that are answered.</summary>
    public IReadOnlyCollection<string> Kinds => _server.Kinds;

    /// <summary>Serves on the socket that pv-init passed.</summary>
    /// <exception cref="FaultException">None was passed.</exception>
    public void Start() => _server.Start(InheritedSockets.Take("bus"));

    /// <summary>Serves on a path of its own, in tests.</summary>
    public void Start(string path) => _server.Start(path);

    /// <summary>Completes when the thread that serves has got round to it.</summary>
    public Task PingAsync() => _server.PingAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<Outcome<ScopesAcquired>> AcquireAsync(AcquireScopes request, BusCall call, CancellationToken cancellationToken)
    {
        if (!ScopeSet.Parse(request.Inputs, request.Outputs).TryGet(out ScopeSet? scopes, out Fault? fault))
        {
            return fault;
        }

        Outcome<ulong> lease = await _leases.AcquireAsync(
            scopes, request.Holder, request.Reason, request.WaitLimit, call.TimeLeft, call.Peer.Name, call.Peer.Gone, cancellationToken);
        if (lease.TryGet(out ulong id, out _))
        {
            // A caller that gives up as its locks are granted does not know of the lease.
            call.OnGivenUp(() => GiveBack(id));
        }

        return lease.Then(Acquired);
    }

    /// <summary>What came too late is not answered: the connection is about to end, and the caller then asks the new instance.</summary>
    private static async Task<Outcome<T>> HereAsync<T>(Func<Task<Outcome<T>>> handle, CancellationToken stopped)
    {
        try
        {
            return await handle();
        }
        catch (HandedOverException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopped);
            throw;
        }
    }

    private Outcome<ScopesAcquired> Renew(RenewScopes request, BusCall call) =>
        _leases.Renew(request.LeaseId, call.Peer.Name, call.Peer.Gone).Then(_ => Acquired(request.LeaseId));

    private Outcome<Done> Release(ReleaseScopes request) =>
        _leases.Release(request.LeaseId).Then<Done>(_ => Done.Value);

    private void GiveBack(ulong id)
    {
        try
        {
            _ = _leases.Release(id);
        }
        catch (HandedOverException)
        {
            // The new instance has it, and ends it when nobody comes to renew it.
        }
    }

    private Outcome<ScopesAcquired> Acquired(ulong id) => new ScopesAcquired(id, _leases.TimeToLive);
}
