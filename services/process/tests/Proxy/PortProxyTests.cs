using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Processes.Core.Ports;
using PvExec.Processes.Proxy;

namespace PvExec.Processes.Tests.Proxy;

public sealed class PortProxyTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _server = Listen(IPAddress.Loopback);
    private readonly PortProxy _proxy = PortProxy.Open("web", 0, TimeSpan.FromSeconds(20), new OpenConnections(), TimeProvider.System, NullLogger.Instance);

    private static ProxyTarget To(Socket server) => new([(IPEndPoint)server.LocalEndPoint!]);

    public void Dispose()
    {
        _proxy.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Bytes_arrive_unchanged_both_ways_and_a_half_close_leaves_the_other_way_open()
    {
        _proxy.SetTarget(To(_server));
        byte[] request = RandomNumberGenerator.GetBytes(5_000_003);
        byte[] answer = RandomNumberGenerator.GetBytes(3_000_001);
        Task<byte[]> served = ServeAsync(answer);
        using Socket client = await ConnectAsync();
        await SendAllAsync(client, request);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(answer, await ReadAllAsync(client).WaitAsync(Patience));
        Assert.Equal(request, await served.WaitAsync(Patience));

        // The answer is sent only after the request's end has arrived.
        async Task<byte[]> ServeAsync(byte[] bytes)
        {
            using Socket accepted = await _server.AcceptAsync();
            byte[] received = await ReadAllAsync(accepted);
            await SendAllAsync(accepted, bytes);
            return received;
        }
    }

    [Fact]
    public async Task Two_hundred_connections_at_once_are_kept_apart()
    {
        _proxy.SetTarget(To(_server));
        const int count = 200;
        Task echoing = Task.WhenAll(Enumerable.Range(0, count).Select(_ => EchoAsync()));
        await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            using Socket client = await ConnectAsync();
            byte[] bytes = RandomNumberGenerator.GetBytes(20_000 + number);
            Task<byte[]> reading = ReadAllAsync(client);
            await SendAllAsync(client, bytes);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(bytes, await reading);
        })).WaitAsync(Patience);
        await echoing.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_reset_by_the_process_reaches_the_client()
    {
        _proxy.SetTarget(To(_server));
        using Socket client = await ConnectAsync();
        await SendAllAsync(client, new byte[] { 1 });
        Socket accepted = await _server.AcceptAsync().WaitAsync(Patience);
        await accepted.ReceiveAsync(new byte[1]);
        accepted.LingerState = new LingerOption(true, 0);
        accepted.Dispose();
        var error = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_reset_by_the_client_reaches_the_process()
    {
        _proxy.SetTarget(To(_server));
        Socket client = await ConnectAsync();
        await SendAllAsync(client, new byte[] { 1 });
        using Socket accepted = await _server.AcceptAsync().WaitAsync(Patience);
        await accepted.ReceiveAsync(new byte[1]);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        var error = await Assert.ThrowsAsync<SocketException>(() => accepted.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_without_a_target_waits_for_one()
    {
        using Socket client = await ConnectAsync();
        await SendAllAsync(client, new byte[] { 42 });
        Task<Socket> accepting = _server.AcceptAsync();
        Assert.False(accepting.IsCompleted);
        _proxy.SetTarget(To(_server));
        using Socket accepted = await accepting.WaitAsync(Patience);
        var received = new byte[1];
        Assert.Equal(1, await accepted.ReceiveAsync(received));
        Assert.Equal(42, received[0]);
    }

    [Fact]
    public async Task Connections_go_to_the_new_target_after_a_change()
    {
        using Socket second = Listen(IPAddress.Loopback);
        _proxy.SetTarget(To(_server));
        _proxy.SetTarget(null);
        _proxy.SetTarget(To(second));
        using Socket client = await ConnectAsync();
        using Socket accepted = await second.AcceptAsync().WaitAsync(Patience);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task A_closed_proxy_resets_those_who_wait_and_frees_its_port()
    {
        using Socket client = await ConnectAsync();
        _proxy.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]).WaitAsync(Patience));
        await _proxy.Accepting.WaitAsync(Patience);
        using PortProxy again = PortProxy.Open("web", _proxy.Port, TimeSpan.FromSeconds(1), new OpenConnections(), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(_proxy.Port, again.Port);
    }

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen(512);
        return socket;
    }

    private async Task EchoAsync()
    {
        using Socket accepted = await _server.AcceptAsync();
        await SendAllAsync(accepted, await ReadAllAsync(accepted));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return client;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        int count;
        while ((count = await socket.ReceiveAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
