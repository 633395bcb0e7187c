using System.Net.Sockets;
using System.Text;

namespace PvExec.Init.Adapters;

/// <summary>The supervisor of pv-init itself, where there is one (sd_notify(3)).</summary>
internal sealed class OwnSupervisor(string? notifySocket)
{
    public static OwnSupervisor OfThisProcess() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>Says it, if anybody listens: one that does not is no reason not to go on.</summary>
    /// <param name="text">Such as <c>READY=1</c>.</param>
    public void Say(string text)
    {
        if (string.IsNullOrEmpty(notifySocket))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            string path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
            socket.SendTo(Encoding.UTF8.GetBytes(text), new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            InitLog.SupervisorDeaf(notifySocket, e.Message);
        }
    }
}
