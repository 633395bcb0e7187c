using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Keeps a NetMQ socket connected to a path.</summary>
public sealed class UnixConnector : IAsyncDisposable
{
    private static readonly TimeSpan AttachInterval = TimeSpan.FromMilliseconds(1);

    private readonly NetMQSocket _socket;
    private readonly string _path;
    private readonly NetMQPoller _poller;
    private readonly UnixTransportOptions _options;
    private readonly ILogger _log;
    private readonly Action<bool> _changed;
    private readonly Func<bool> _mayAttach;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _connecting;
    private int _disposed;

    /// <param name="changed">On the poller's thread: true when a connection was attached, false when it ended or could not be made.</param>
    /// <param name="mayAttach">Asked on the poller's thread until it says that a new connection may be attached.</param>
    internal UnixConnector(NetMQSocket socket, string path, NetMQPoller poller, UnixTransportOptions options, ILogger log, Action<bool> changed, Func<bool> mayAttach)
    {
        (_socket, _path, _poller, _options, _log, _changed, _mayAttach) = (socket, path, poller, options, log, changed, mayAttach);
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
                bool connected = await ConnectOnceAsync(failures == 0);

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

        PeerCredentials server = PeerCredentials.Of(socket);
        if (!_options.Allow(server))
        {
            BusLog.WrongServer(_log, _path, server.Pid, server.Uid);
            socket.Dispose();
            Report(false);
            return false;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EngineSocket engine = EngineSocket.TakeOver(socket, ended.SetResult);
        try
        {
            while (!await AttachAsync(engine))
            {
                await Task.Delay(AttachInterval, _options.Time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            engine.Dispose();
            throw;
        }

        await ended.Task.WaitAsync(_stopping.Token);
        Report(false);
        return true;
    }

    private async Task<bool> AttachAsync(EngineSocket engine)
    {
        var attached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _poller.RunOnOwner(
            () =>
            {
                if (!_mayAttach())
                {
                    attached.SetResult(false);
                    return;
                }

                NetMQInternals.Attach(_socket, engine, _path);
                attached.SetResult(true);
                _changed(true);
            },
            attached.SetCanceled);
        // Not cut short by a stop: the engine must not be disposed of while this may still attach it.
        return await attached.Task;
    }

    private void Report(bool connected) => _poller.RunOnOwner(() => _changed(connected), () => { });
}
