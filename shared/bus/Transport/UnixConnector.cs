using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PvExec.Bus.Transport;

/// <summary>Keeps a NetMQ socket connected to a path.</summary>
public sealed class UnixConnector : IAsyncDisposable
{
    private static readonly TimeSpan AttachInterval = TimeSpan.FromMilliseconds(1);

    private readonly Attachment _attachment;
    private readonly string _path;
    private readonly UnixTransportOptions _options;
    private readonly ILogger _log;
    private readonly Action<bool> _changed;
    private readonly Func<bool> _mayAttach;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _connecting;
    private int _disposed;

    // What was told last of a server that does not keep to the protocol.
    private string? _told;

    /// <param name="changed">On the poller's thread: true when a connection was attached, false when it ended or could not be made.</param>
    /// <param name="mayAttach">Asked on the poller's thread until it says that a new connection may be attached.</param>
    internal UnixConnector(Attachment attachment, string path, UnixTransportOptions options, ILogger log, Action<bool> changed, Func<bool> mayAttach)
    {
        (_attachment, _path, _options, _log, _changed, _mayAttach) = (attachment, path, options, log, changed, mayAttach);
        _connecting = Task.Run(KeepConnectedAsync);
    }

    /// <summary>Stops connecting; an open connection stays until the NetMQ socket is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _connecting;
        _stopping.Dispose();
    }

    private async Task KeepConnectedAsync()
    {
        int failures = 0;
        try
        {
            while (true)
            {
                long started = _options.Time.GetTimestamp();
                bool connected = await TryConnectAsync(failures == 0);

                // A connection that ends at once is a failure too: we were refused.
                failures = connected && _options.Time.GetElapsedTime(started) > _options.Reconnect.Ceiling ? 1 : failures + 1;
                await Task.Delay(_options.Reconnect.After(failures), _options.Time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    /// <summary>As the next; whatever fails, the next attempt may succeed.</summary>
    private async Task<bool> TryConnectAsync(bool sayWhy)
    {
        try
        {
            return await ConnectOnceAsync(sayWhy);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            BusLog.ConnectionFailed(_log, e, _path);
            Report(false);
            return false;
        }
    }

    /// <summary>Ends when the connection has ended, or with false when there was none.</summary>
    private async Task<bool> ConnectOnceAsync(bool sayWhy)
    {
        Socket socket;
        try
        {
            socket = await UnixPath.ConnectAsync(_path, _stopping.Token);
        }
        catch (SocketException e)
        {
            if (sayWhy)
            {
                BusLog.Unreachable(_log, _path, e.SocketErrorCode.ToString());
            }

            Report(false);
            return false;
        }

        if (Check(socket) is not { } server)
        {
            socket.Dispose();
            Report(false);
            return false;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var guard = new ConnectionGuard(_attachment.Limits, static _ => null, why => Tell(server, why));
        EngineSocket engine = EngineSocket.TakeOver(socket, ended.SetResult);
        AttachResult result;
        while ((result = await _attachment.AttachAsync(engine, guard, _mayAttach, () => _changed(true), _stopping.Token)) == AttachResult.NotYet)
        {
            await WaitAsync(engine);
        }

        if (result == AttachResult.Closed)
        {
            return false;
        }

        await ended.Task.WaitAsync(_stopping.Token);
        Report(false);
        return true;
    }

    /// <returns>Null when it is not spoken to.</returns>
    private PeerCredentials? Check(Socket socket)
    {
        try
        {
            PeerCredentials server = PeerCredentials.Of(socket);
            if (_options.Allow(server))
            {
                return server;
            }

            BusLog.WrongServer(_log, _path, server.Pid, server.Uid);
        }
        catch (Exception e)
        {
            // It went away, or a rule of the caller's failed.
            BusLog.CheckFailed(_log, e, _path);
        }

        return null;
    }

    private async Task WaitAsync(EngineSocket engine)
    {
        try
        {
            await Task.Delay(AttachInterval, _options.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            engine.Dispose();
            throw;
        }
    }

    private void Report(bool connected) => _attachment.Post(() => _changed(connected));

    private void Tell(PeerCredentials server, string why)
    {
        if (Interlocked.Exchange(ref _told, why) != why)
        {
            BusLog.Disconnected(_log, _path, server.Pid, server.Uid, why);
        }
    }
}
