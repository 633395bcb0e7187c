using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PvExec.Hosting.Notify;

/// <summary>
/// One call of a service to itself, over the socket that its callers use: it is accepted, read and answered as theirs are.
/// HTTP/2 (RFC 9113) written by hand, since a client library would cost every service memory for this alone.
/// </summary>
internal static class OwnCall
{
    /// <summary>No gRPC service can have it.</summary>
    private const string Path = "/pvexec.alive";

    private const int FrameHeader = 9;
    private const byte Headers = 1, ResetStream = 3, GoAway = 7;

    /// <summary>The connection preface, empty SETTINGS, and a GET with the fields of its header as literals (RFC 7541 section 6.2.2).</summary>
    private static readonly byte[] Request =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
        0, 0, 0, 4, 0, 0, 0, 0, 0,
        0, 0, 28, Headers, 0x5, 0, 0, 0, 1,
        0x82, 0x86, 0x04, 13, .. "/pvexec.alive"u8, 0x01, 9, .. "localhost"u8,
    ];

    /// <summary>Answers such calls, before anything that holds calls back.</summary>
    public static void UseOwnCalls(this WebApplication app) =>
        app.Use(next => context => context.Request.Path == Path ? Task.CompletedTask : next(context));

    /// <summary>Completes when whoever listens there has answered.</summary>
    public static async Task AskAsync(EndPoint address, CancellationToken cancellationToken)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(address, cancellationToken);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Request, cancellationToken);
        byte[] frame = new byte[FrameHeader];
        do
        {
            await stream.ReadExactlyAsync(frame, cancellationToken);
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(frame) >> 8);
            await stream.ReadExactlyAsync(new byte[length], cancellationToken);
        }
        while (frame[3] is not (Headers or ResetStream or GoAway));
    }
}
