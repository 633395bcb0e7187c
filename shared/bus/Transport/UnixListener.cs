using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PvExec.Bus.Transport;

/// <summary>Accepts connections for a NetMQ socket, after a look at who connects and at how the peer begins to speak.</summary>
public sealed class UnixListener : IAsyncDisposable
{
    private readonly Attachment _attachment;
    private readonly Socket _server;
    private readonly UnixTransportOptions _options;
    private readonly ILogger _log;
    private readonly Admission _admission;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    // The accept loop's alone.
    private readonly List<Task> _greeting = [];

    private int _disposed;

    internal UnixListener(Attachment attachment, Socket server, UnixTransportOptions options, ILogger log)
    {
        (_attachment, _server, _options, _log) = (attachment, server, options, log);
        _admission = new Admission(options);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>How many connections are open, those that have yet to greet included.</summary>
    public int Connections => _admission.Connections;

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
                Check(accepted);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The peer went away between connect and accept, or descriptors have run out.
                BusLog.AcceptFailed(_log, _attachment.Endpoint, e.SocketErrorCode.ToString());
                await PauseAsync(++failures);
            }
        }
    }

    private void Check(Socket accepted)
    {
        try
        {
            Admit(accepted, PeerCredentials.Of(accepted));
        }
        catch (Exception e)
        {
            // A rule of the caller's that failed, say: whoever it was about is not let in, and the next one may be.
            BusLog.CheckFailed(_log, e, _attachment.Endpoint);
            accepted.Dispose();
        }
    }

    private void Admit(Socket accepted, PeerCredentials peer)
    {
        if (_admission.Enter(peer) is not { } why)
        {
            _greeting.Add(GreetAsync(accepted, peer));
            return;
        }

        accepted.Dispose();
        if (_admission.IsNews(peer, why))
        {
            BusLog.Refused(_log, _attachment.Endpoint, peer.Pid, peer.Uid, why);
        }
    }

    /// <summary>Ends when the peer has shaken hands, or has lost its connection.</summary>
    private async Task GreetAsync(Socket accepted, PeerCredentials peer)
    {
        using var late = new CancellationTokenSource(_options.GreetingTime, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        if (!await BeginsAsync(accepted, peer, either.Token))
        {
            accepted.Dispose();
            _admission.Leave(peer, []);
            return;
        }

        byte[] identity = [];
        var guard = new ConnectionGuard(
            _attachment.Limits,
            asked =>
            {
                if (!_admission.TakeIdentity(asked))
                {
                    return "another connection has its identity";
                }

                identity = asked;
                return null;
            },
            why => Tell(peer, why));
        EngineSocket engine = EngineSocket.TakeOver(accepted, () =>
        {
            guard.End();
            _admission.Leave(peer, identity);
        });
        await _attachment.AttachAsync(engine, guard, static () => true, static () => { }, _stopping.Token);
        try
        {
            await guard.Settled.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            Tell(peer, $"it did not shake hands within {_options.GreetingTime}");
            engine.Cut();
        }
        catch (OperationCanceledException)
        {
            // The listener stops; the connection stays.
            return;
        }
    }

    // A look at the first byte, left in the socket, so that a peer that says nothing, or speaks something else, costs
    // NetMQ nothing.
    private async Task<bool> BeginsAsync(Socket accepted, PeerCredentials peer, CancellationToken cancellationToken)
    {
        try
        {
            var first = new byte[1];

            // A peer that leaves before it spoke, as one that is being stopped does, is nothing to tell of.
            bool spoke = await accepted.ReceiveAsync(first, SocketFlags.Peek, cancellationToken) > 0;
            if (spoke && first[0] != Greeting.First)
            {
                Tell(peer, $"it does not speak ZMTP 3: it began with {first[0]:X2}");
            }

            return spoke && first[0] == Greeting.First;
        }
        catch (OperationCanceledException)
        {
            if (!_stopping.IsCancellationRequested)
            {
                Tell(peer, $"it said nothing for {_options.GreetingTime}");
            }
        }
        catch (SocketException)
        {
            // It went away with something of ours unread.
            return false;
        }

        return false;
    }

    private void Tell(PeerCredentials peer, string why)
    {
        if (_admission.IsNews(peer, why))
        {
            BusLog.Disconnected(_log, _attachment.Endpoint, peer.Pid, peer.Uid, why);
        }
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
