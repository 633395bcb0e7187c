using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using PvExec.Hosting.Tests.Faults;

namespace PvExec.Hosting.Tests.Server;

/// <summary>gRPC completes a call's answer when its deadline has passed, and breaks the call off at once. Frames are written by hand, as a client library has a deadline of its own.</summary>
public sealed class DeadlineTests
{
    private const byte Data = 0, Headers = 1, ResetStream = 3;
    private const byte EndStream = 1, EndHeaders = 4;

    /// <summary>On the loop and in the pool; before an answer and in the middle of one.</summary>
    [Theory]
    [InlineData("Up", new byte[] { Headers, ResetStream })]
    [InlineData("Both", new byte[] { Headers, ResetStream })]
    [InlineData("Echo", new byte[] { Headers, Data, Headers, ResetStream })]
    public async Task A_caller_whose_deadline_has_passed_gets_the_answer_that_says_so_before_its_call_is_broken_off(string method, byte[] expected)
    {
        await using NumbersServer server = await NumbersServer.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(server.Socket));
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Call(method));

            List<(byte Type, byte Flags)> frames = await ReadAsync(stream).WaitAsync(TimeSpan.FromSeconds(30));

            Assert.Equal(expected, frames.Select(frame => frame.Type));
            Assert.Equal(EndStream, frames[^2].Flags & EndStream);
        }
    }

    /// <summary>The connection preface, and a call whose body stays open behind one message.</summary>
    private static byte[] Call(string method)
    {
        byte[] header =
        [
            0x83, 0x86, 0x04, .. Text("/test.Numbers/" + method), 0x01, .. Text("service"),
            0x00, .. Text("content-type"), .. Text("application/grpc"), 0x00, .. Text("te"), .. Text("trailers"), 0x00, .. Text("grpc-timeout"), .. Text("50m"),
        ];
        return
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, []), .. Frame(Headers, EndHeaders, 1, header), .. Frame(Data, 0, 1, NumbersServer.Framed("5")),
        ];
    }

    /// <summary>A literal without a table and without Huffman's code (RFC 7541 section 5.2).</summary>
    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) => [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    /// <returns>The frames of the call, up to the one that breaks it off.</returns>
    private static async Task<List<(byte Type, byte Flags)>> ReadAsync(NetworkStream stream)
    {
        var frames = new List<(byte Type, byte Flags)>();
        byte[] head = new byte[9];
        while (frames.Count == 0 || frames[^1].Type != ResetStream)
        {
            await stream.ReadExactlyAsync(head);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt32BigEndian(head) >> 8]);
            if (head[8] == 1 && head[3] is Data or Headers or ResetStream)
            {
                frames.Add((head[3], head[4]));
            }
        }

        return frames;
    }
}
