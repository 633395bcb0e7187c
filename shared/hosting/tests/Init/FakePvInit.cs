using System.Runtime.InteropServices;
using PvExec.Hosting.Init;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Tests.Init;

/// <summary>The other end of a line: a socket on which a test reads and writes messages itself.</summary>
internal sealed class FakePvInit : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pvh-");
    private readonly PacketSocket _listener;
    private readonly EventPoll _poll = new();
    private readonly MessageSender _sender = new();
    private readonly (long, PollEvents)[] _ready = new (long, PollEvents)[1];
    private PacketSocket? _line;

    public FakePvInit()
    {
        Paths = new RuntimePaths(_directory.FullName);
        _listener = PacketSocket.Listen(Paths.Init, 1);
        _poll.Add(_listener.Handle, 1, PollEvents.Readable);
    }

    public RuntimePaths Paths { get; }

    public MessageReceiver Receiver { get; } = new();

    /// <summary>Takes the connection and its Hello, and answers with what the caller owns and Welcome.</summary>
    public Task<InitConnection> ConnectAsync(params (Owned Child, SafeHandle[] Kept)[] owned) => ConnectAsync(false, 0, owned);

    /// <param name="dropped">Exits that pv-init dropped meanwhile.</param>
    public Task<InitConnection> ConnectAsync(long dropped, params (Owned Child, SafeHandle[] Kept)[] owned) => ConnectAsync(false, dropped, owned);

    /// <summary>As above, for an instance beside one that is the service still.</summary>
    public Task<InitConnection> ConnectStandbyAsync() => ConnectAsync(true, 0, []);

    private async Task<InitConnection> ConnectAsync(bool standby, long dropped, (Owned Child, SafeHandle[] Kept)[] owned)
    {
        Task<Outcome<InitConnection>> connecting = InitConnection.ConnectAsync(Paths, Service.Exec, CancellationToken.None);
        Wait();
        _line = _listener.TryAccept(out _)!;
        _poll.Remove(_listener.Handle);
        _poll.Add(_line.Handle, 2, PollEvents.Readable);
        Assert.Equal(InitProtocol.Version, Read<Hello>(out _).Version);
        foreach ((Owned child, SafeHandle[] kept) in owned)
        {
            Assert.Equal(0, _sender.Send(_line, 0, child, kept));
        }

        if (dropped > 0)
        {
            Write(0, new ExitsDropped(dropped));
        }

        Write(0, new Welcome(InitProtocol.Version, "exec", standby));
        return (await connecting).Value;
    }

    /// <summary>The next message, which must be of that kind.</summary>
    public T Read<T>(out ulong correlation)
        where T : IInitMessage<T>
    {
        Wait();
        Assert.Equal(ReceiveResult.Message, Receiver.Receive(_line!, out InitPacket packet, out _));
        Assert.Equal(T.Type, packet.Type);
        Assert.True(packet.TryRead(out T message));
        correlation = packet.Correlation;
        return message;
    }

    public MessageType ReadType()
    {
        Wait();
        Assert.Equal(ReceiveResult.Message, Receiver.Receive(_line!, out InitPacket packet, out _));
        return packet.Type;
    }

    public void Write<T>(ulong correlation, T message, params SafeHandle[] descriptors)
        where T : IInitMessage<T> => Assert.Equal(0, _sender.Send(_line!, correlation, message, descriptors));

    public void Write<T>(T message, params SafeHandle[] descriptors)
        where T : IInitMessage<T> => Assert.Equal(0, _sender.Send(_line!, 0, message, descriptors));

    public void Break() => _line!.Shutdown();

    public void Dispose()
    {
        _line?.Dispose();
        _listener.Dispose();
        _poll.Dispose();
        _directory.Delete(recursive: true);
    }

    private void Wait() => Assert.True(_poll.Wait(_ready, 30_000) == 1, "nothing came");
}
