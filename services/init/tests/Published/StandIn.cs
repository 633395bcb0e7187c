using System.Net.Sockets;
using System.Text.Json;

namespace PvExec.Init.Tests.Published;

/// <summary>The test's line to a stand-in service (stand-ins/service.py).</summary>
internal sealed class StandIn : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _reader;

    public StandIn(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _socket.ReceiveTimeout = (int)RunningInit.Patience.TotalMilliseconds;
        _reader = new StreamReader(new NetworkStream(_socket));
    }

    public void Order(string json) => _socket.Send(System.Text.Encoding.UTF8.GetBytes(json.ReplaceLineEndings(" ") + "\n"));

    /// <summary>The next event of that name.</summary>
    public JsonElement Event(string name)
    {
        while (_reader.ReadLine() is { } line)
        {
            JsonElement one = JsonDocument.Parse(line).RootElement;
            if (one.GetProperty("event").GetString() == name)
            {
                return one;
            }
        }

        throw new EndOfStreamException($"the stand-in ended before '{name}'");
    }

    /// <summary>The fields of the next message of that type.</summary>
    public JsonElement Message(int type)
    {
        while (true)
        {
            JsonElement one = Event("message");
            if (one.GetProperty("type").GetInt32() == type)
            {
                return one.GetProperty("body");
            }
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }
}
