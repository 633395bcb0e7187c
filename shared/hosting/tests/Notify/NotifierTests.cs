using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting.Systemd;
using PvExec.Hosting.Notify;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Notify;

public sealed class NotifierTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory.At("notify");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_speaks_through_the_socket_that_it_opened_at_the_start()
    {
        using Socket keeper = Listen();
        using var notifier = new Notifier(Path);

        // No other could be opened now.
        File.Delete(Path);
        notifier.Notify(new ServiceState("WATCHDOG=1"));
        notifier.Notify(new ServiceState("X_PV_MAIN_EXIT=7"));

        Assert.Equal("WATCHDOG=1", Receive(keeper));
        Assert.Equal("X_PV_MAIN_EXIT=7", Receive(keeper));
    }

    [Fact]
    public void It_follows_a_listener_that_was_opened_anew()
    {
        Socket first = Listen();
        using var notifier = new Notifier(Path);
        first.Dispose();
        File.Delete(Path);
        using Socket second = Listen();

        notifier.Notify(new ServiceState("READY=1"));

        Assert.Equal("READY=1", Receive(second));
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_said()
    {
        using var notifier = new Notifier(null);

        Assert.False(notifier.IsEnabled);
        notifier.Notify(new ServiceState("READY=1"));
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        byte[] room = new byte[256];
        return Encoding.UTF8.GetString(room, 0, socket.Receive(room));
    }
}
