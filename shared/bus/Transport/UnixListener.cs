using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Accepts connections for a NetMQ socket, after a look at who connects and how the peer begins to speak.</summary>
public sealed class UnixListener : IAsyncDisposable
{
    /// <summary>A peer that was refused is logged once; this many are remembered.</summary>
    private const int RefusalsRemembered = 1024;

    private readonly NetMQSocket _socket;
    private readonly Socket _server;
    private readonly string _name;
    private readonly NetMQPoller _poller;
    private readonly UnixTransportOptions _options;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    // Both are touched by the accept loop alone.
    private readonly HashSet<(int Pid, uint Uid)> _refused = [];
    private readonly List<Task> _greeting = [];

    private int _connections;
    private int _disposed;

    internal UnixListener(NetMQSocket socket, Socket server, string name, NetMQPoller poller, UnixTransportOptions options, ILogger log)
    {
        (_socket, _server, _name, _poller, _options, _log) = (socket, server, name, poller, options, log);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>How many connections are open, those that have yet to greet included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Stops accepting; open connections stay until the NetMQ socket is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _accepting;
        await Task.WhenAll(_greeting);
        _server.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        int failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket accepted = await _server.AcceptAsync(_stopping.Token);
                failures = 0;
                _greeting.RemoveAll(task => task.IsCompleted);
                if (Admits(accepted))
                {
                    Interlocked.Increment(ref _connections);
                    _greeting.Add(GreetAsync(accepted));
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The peer went away between connect and accept, or descriptors have run out.
                BusLog.AcceptFailed(_log, _name, e.SocketErrorCode.ToString());
                await PauseAsync(++failures);
            }
        }
    }

    private bool Admits(Socket accepted)
    {
        PeerCredentials peer = PeerCredentials.Of(accepted);
        bool allowed = _options.Allow(peer);
        if (allowed && Connections < _options.MaxConnections)
        {
            return true;
        }

        accepted.Dispose();
        if (_refused.Count < RefusalsRemembered && _refused.Add((peer.Pid, peer.Uid)))
        {
            if (allowed)
            {
                BusLog.TooMany(_log, _name, peer.Pid, peer.Uid, _options.MaxConnections);
            }
            else
            {
                BusLog.Refused(_log, _name, peer.Pid, peer.Uid);
            }
        }

        return false;
    }

    // NetMQ's engine still speaks ZMTP 1, in which any byte can be a length. A peer speaks first, so a look at its
    // first bytes, left in the socket, keeps what is not ZMTP 3 away from the engine.
    private async Task GreetAsync(Socket accepted)
    {
        PeerCredentials peer = PeerCredentials.Of(accepted);
        try
        {
            var start = new byte[Greeting.SignatureBytes];
            using var late = new CancellationTokenSource(_options.GreetingTime, _options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
            int length = await accepted.ReceiveAsync(start, SocketFlags.Peek, either.Token);
            if (Greeting.IsSignature(start.AsSpan(0, length)))
            {
                Attach(accepted);
                return;
            }

            // A peer that left before it spoke, as one that is being stopped does, is nothing to tell of.
            if (length > 0)
            {
                BusLog.NotZmtp(_log, _name, peer.Pid, peer.Uid, Convert.ToHexString(start.AsSpan(0, length)));
            }
        }
        catch (OperationCanceledException)
        {
            if (!_stopping.IsCancellationRequested)
            {
                BusLog.Silent(_log, _name, peer.Pid, peer.Uid, _options.GreetingTime);
            }
        }
        catch (SocketException e)
        {
            BusLog.AcceptFailed(_log, _name, e.SocketErrorCode.ToString());
        }

        accepted.Dispose();
        Interlocked.Decrement(ref _connections);
    }

    private void Attach(Socket accepted)
    {
        EngineSocket engine = EngineSocket.TakeOver(accepted, () => Interlocked.Decrement(ref _connections));
        _poller.RunOnOwner(() => NetMQInternals.Attach(_socket, engine, _name), engine.Dispose);
    }

    private async Task PauseAsync(int failures)
    {
        try
        {
            await Task.Delay(_options.Reconnect.After(failures), _options.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
            return;
        }
    }
}
