using System.Net;
using System.Net.Sockets;
using PvExec.Front.Adapters.Repeats;
using PvExec.Kernel;

namespace PvExec.Front.Adapters;

/// <summary>
/// HTTP/2 connections to the services' Unix sockets. pv-init keeps those sockets open, so a connection made while a
/// service is restarted waits in its backlog; one that breaks is left out of the pool, and the next call makes another.
/// Calls that an instance leaves unprocessed when it hands over to the next are repeated there.
/// </summary>
public sealed class ServiceSockets : IDisposable
{
    private const long MaxKeptBytes = 64 * 1024 * 1024;

    private readonly Dictionary<Service, HttpMessageInvoker> _invokers = [];

    public ServiceSockets(RuntimePaths paths, TimeProvider time)
    {
        var budget = new KeptBytesBudget(MaxKeptBytes);
        foreach (Service service in Services.All)
        {
            _invokers.Add(service, new HttpMessageInvoker(
                new RepeatingHandler(Handler(paths.Grpc(service)), budget, time), disposeHandler: true));
        }
    }

    public HttpMessageInvoker Invoker(Service service) => _invokers[service];

    /// <summary>What stands in for the address of a Unix socket: an authority that says who is meant.</summary>
    public string Address(Service service) => service switch
    {
        Service.Front => "http://front/",
        Service.Exec => "http://exec/",
        Service.Process => "http://process/",
        Service.Worktree => "http://worktree/",
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };

    public void Dispose()
    {
        foreach (HttpMessageInvoker invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }

    private static SocketsHttpHandler Handler(string path) => new()
    {
        ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken),
        EnableMultipleHttp2Connections = true,
        // A local connection costs nothing to keep and something to make.
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new FarewellStream(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException refused)
            {
                throw new IOException($"cannot connect to '{path}': {refused.Message}", refused);
            }

            throw;
        }
    }
}
