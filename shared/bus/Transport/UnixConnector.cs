using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Keeps a NetMQ socket connected to a path.</summary>
public sealed class UnixConnector : IAsyncDisposable
{
    private readonly NetMQSocket _socket;
    private readonly string _path;
    private readonly NetMQPoller _poller;
    private readonly UnixTransportOptions _options;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _connecting;

    internal UnixConnector(NetMQSocket socket, string path, NetMQPoller poller, UnixTransportOptions options, ILogger log)
    {
        (_socket, _path, _poller, _options, _log) = (socket, path, poller, options, log);
        _connecting = Task.Run(KeepConnectedAsync);
    }

    /// <summary>On the poller's thread: true when a connection was attached, false when it ended or could not be made.</summary>
    public event Action<bool>? Changed;

    /// <summary>Stops connecting; an open connection stays until the NetMQ socket is closed.</summary>
    public async ValueTask DisposeAsync()
    {
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
        _poller.RunOnOwner(
            () =>
            {
                NetMQInternals.Attach(_socket, engine, _path);
                Changed?.Invoke(true);
            },
            engine.Dispose);
        await ended.Task.WaitAsync(_stopping.Token);
        Report(false);
        return true;
    }

    private void Report(bool connected) => _poller.RunOnOwner(() => Changed?.Invoke(connected), () => { });
}
