using System.Net.Sockets;

namespace PvExec.Bus.Tests.Support;

/// <summary>A peer that writes bytes of its own making.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private RawPeer()
    {
    }

    public static RawPeer Connect(string path)
    {
        var peer = new RawPeer();
        peer._socket.Connect(new UnixDomainSocketEndPoint(path));
        return peer;
    }

    /// <summary>The other side may have closed: then the rest is lost.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _socket.Send(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset)
        {
            return;
        }
    }

    /// <exception cref="SocketException">The other side has closed.</exception>
    public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    /// <summary>Waits for a byte from the other side.</summary>
    public async Task HearAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(1, await _socket.ReceiveAsync(new byte[1], late.Token));
    }

    /// <summary>Waits until these bytes have come.</summary>
    public async Task HearAsync(byte[] expected)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var heard = new List<byte>();
        var buffer = new byte[256];
        while (heard.ToArray().AsSpan().IndexOf(expected) < 0)
        {
            int length = await _socket.ReceiveAsync(buffer, late.Token);
            Assert.True(length > 0, $"the other side closed after {Convert.ToHexString([.. heard])}");
            heard.AddRange(buffer.AsSpan(0, length));
        }
    }

    /// <summary>How many bytes came before the other side closed.</summary>
    public async Task<int> ReceiveToEndAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int total = 0;
        try
        {
            var buffer = new byte[256];
            int length;
            while ((length = await _socket.ReceiveAsync(buffer, late.Token)) > 0)
            {
                total += length;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread: an end like any other.
            return total;
        }

        return total;
    }

    /// <summary>Sends no more, and waits for the other side to close too.</summary>
    public Task FinishAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return ReceiveToEndAsync();
    }

    public void Dispose() => _socket.Dispose();
}
