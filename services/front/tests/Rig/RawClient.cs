using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace PvExec.Front.Tests.Rig;

/// <summary>A client that sends HTTP/2 frames written by hand (RFC 9113), for what no library would send.</summary>
internal sealed class RawClient : IDisposable
{
    public const byte Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAway = 7, Continuation = 9;

    private const int MostInFrame = 16 * 1024;
    private const byte EndStream = 1, EndHeaders = 4, Ack = 1;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly NetworkStream _stream;
    private readonly HeaderDecoder _decoder = new();

    private RawClient(Uri address)
    {
        _socket.Connect(address.Host, address.Port);
        _stream = new NetworkStream(_socket);
        _stream.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        SendFrame(Settings, 0, 0, []);
    }

    public static RawClient Connect(Uri address) => new(address);

    /// <summary>A gRPC call's header, all its fields as literals (RFC 7541 section 6.2.2).</summary>
    public void Send(int stream, string path, bool endStream, params ReadOnlySpan<(string Name, string Value)> more) =>
        SendFrame(Headers, (byte)(EndHeaders | (endStream ? EndStream : 0)), stream, Header(path, more));

    /// <summary>A whole call with an empty message.</summary>
    public void SendCall(int stream, string path)
    {
        Send(stream, path, endStream: false);
        SendData(stream, new byte[5], endStream: true);
    }

    /// <summary>A header in several frames.</summary>
    public void SendContinued(int stream, string path, params ReadOnlySpan<(string Name, string Value)> more)
    {
        ReadOnlySpan<byte> block = Header(path, more);
        SendFrame(Headers, EndStream, stream, block[..100]);
        for (block = block[100..]; block.Length > MostInFrame; block = block[MostInFrame..])
        {
            SendFrame(Continuation, 0, stream, block[..MostInFrame]);
        }

        SendFrame(Continuation, EndHeaders, stream, block);
    }

    /// <summary>A header that goes on in so many frames, and does not end.</summary>
    public void SendEndlessHeader(int stream, string path, int continuations)
    {
        SendFrame(Headers, EndStream, stream, Header(path));
        try
        {
            for (int i = 0; i < continuations; i++)
            {
                SendFrame(Continuation, 0, stream, []);
            }
        }
        catch (IOException)
        {
            // The front has had enough.
        }
    }

    /// <summary>Sends PING or SETTINGS and reads nothing, until the front has closed the connection.</summary>
    public void SendUntilBroken(bool pings)
    {
        byte[] frame = pings ? [0, 0, 8, Ping, 0, 0, 0, 0, 0, .. new byte[8]] : [0, 0, 0, Settings, 0, 0, 0, 0, 0];
        byte[] many = [.. Enumerable.Repeat(frame, 10_000).SelectMany(one => one)];
        try
        {
            while (true)
            {
                _stream.Write(many);
            }
        }
        catch (IOException)
        {
            return;
        }
    }

    public void SendData(int stream, ReadOnlySpan<byte> bytes, bool endStream) => SendFrame(Data, endStream ? EndStream : (byte)0, stream, bytes);

    public void SendReset(int stream) => SendFrame(ResetStream, 0, stream, [0, 0, 0, 8]);

    /// <summary>Reads up to a frame, and answers SETTINGS and PING as one must.</summary>
    /// <returns>Its header's fields as lines, or its payload as hexadecimal digits.</returns>
    public async Task<string> ReadUntilAsync(Func<RawFrame, bool> isWanted, bool answersPing = true)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            byte[] head = new byte[9];
            await _stream.ReadExactlyAsync(head, enough.Token);
            byte[] payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _stream.ReadExactlyAsync(payload, enough.Token);
            var frame = new RawFrame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)));
            string text = frame.Type == Headers ? _decoder.Decode(payload) : Convert.ToHexString(payload);
            if (frame.Type == Settings && frame.Flags == 0)
            {
                SendFrame(Settings, Ack, 0, []);
            }
            else if (frame.Type == Ping && frame.Flags == 0 && answersPing)
            {
                SendFrame(Ping, Ack, 0, payload);
            }

            if (isWanted(frame))
            {
                return text;
            }
        }
    }

    /// <summary>Completes when the front has closed the connection; what comes before is dropped.</summary>
    public async Task ClosedAsync()
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        byte[] buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer, enough.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed while it still had something to read.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static byte[] Header(string path, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var block = new List<byte>();
        Add(":method", "POST");
        Add(":scheme", "http");
        Add(":path", "/" + path);
        Add(":authority", "front");
        Add("te", "trailers");
        Add("content-type", "application/grpc");
        foreach ((string name, string value) in more)
        {
            Add(name, value);
        }

        return [.. block];

        void Add(string name, string value)
        {
            block.Add(0);
            AddText(name);
            AddText(value);
        }

        void AddText(string text)
        {
            int length = text.Length;
            if (length < 127)
            {
                block.Add((byte)length);
            }
            else
            {
                block.Add(127);
                for (length -= 127; length >= 128; length >>= 7)
                {
                    block.Add((byte)(length | 128));
                }

                block.Add((byte)length);
            }

            block.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }

    private void SendFrame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        _stream.Write(frame);
    }
}
