using System.Net;
using System.Net.Sockets;

namespace PvExec.Hosting.Tests.Succession;

/// <summary>An HTTP/2 client of a Unix socket.</summary>
internal sealed class UnixClient(string path) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(Handler(path));

    public static SocketsHttpHandler Handler(string path) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Sends a body that can be sent again, and returns the answer's.</summary>
    public async Task<byte[]> CallAsync(byte[] body, string target = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://service" + target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        using HttpResponseMessage response = await _invoker.SendAsync(request, CancellationToken.None);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public void Dispose() => _invoker.Dispose();
}
