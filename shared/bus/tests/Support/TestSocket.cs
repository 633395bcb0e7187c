using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using NetMQ;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Support;

/// <summary>A NetMQ socket on its own thread, over a Unix path; a test sends and receives from anywhere.</summary>
internal sealed class TestSocket<TSocket> : IAsyncDisposable
    where TSocket : NetMQSocket
{
    private readonly NetMQPoller _poller = new();
    private readonly TSocket _socket;
    private readonly Channel<byte[][]> _received = Channel.CreateUnbounded<byte[][]>();
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private readonly IAsyncDisposable _link;

    public TestSocket(TSocket socket, string how, string path, UnixTransportOptions? options = null)
        : this(socket)
    {
        options ??= UnixTransportOptions.Default;
        _link = how == "bind"
            ? _socket.BindUnix(path, _poller, options, Log)
            : _socket.ConnectUnix(path, _poller, options, Log, connected => _changes.Writer.TryWrite(connected));
    }

    public TestSocket(TSocket socket, SafeSocketHandle listening)
        : this(socket)
    {
        _link = _socket.BindUnix(listening, _poller, UnixTransportOptions.Default, Log);
    }

#pragma warning disable CS8618 // The two above set the link.
    private TestSocket(TSocket socket)
#pragma warning restore CS8618
    {
        _socket = socket;
        _socket.ReceiveReady += (_, _) =>
        {
            var frames = new NetMQMessage();
            while (_socket.TryReceiveMultipartMessage(ref frames))
            {
                _received.Writer.TryWrite(frames.Select(frame => frame.ToByteArray()).ToArray());
            }
        };
        _poller.Add(_socket);
        _poller.RunAsync("test", true);
    }

    public ListLogger<TSocket> Log { get; } = new();

    public UnixListener Listener => (UnixListener)_link;

    public async Task<byte[][]> ReceiveBytesAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _received.Reader.ReadAsync(late.Token);
    }

    public async Task<string[]> ReceiveAsync() => (await ReceiveBytesAsync()).Select(Encoding.UTF8.GetString).ToArray();

    /// <summary>Waits until the connector says so.</summary>
    public async Task ConnectionAsync(bool connected)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await _changes.Reader.ReadAsync(late.Token) != connected)
        {
            continue;
        }
    }

    /// <summary>Waits until so many connections are open.</summary>
    public async Task ConnectionsAsync(int count)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Listener.Connections != count)
        {
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public Task SendAsync(params string[] frames) => SendBytesAsync(frames.Select(Encoding.UTF8.GetBytes).ToArray());

    /// <summary>Waits without blocking the owner thread, which has connections to attach.</summary>
    public async Task SendBytesAsync(params byte[][] frames)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Send(object? sender, NetMQSocketEventArgs e)
        {
            if (((IOutgoingSocket)_socket).TrySendMultipartBytes(TimeSpan.Zero, frames))
            {
                _socket.SendReady -= Send;
                sent.SetResult();
            }
        }

        await RunAsync(_ => _socket.SendReady += Send);
        await sent.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public Task RunAsync(Action<TSocket> action)
    {
        var task = new Task(() => action(_socket));
        task.Start(_poller);
        return task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.IsDisposed)
        {
            return;
        }

        await _link.DisposeAsync();
        _poller.Dispose();
        _socket.Dispose();
    }
}
