using System.Net.Sockets;

namespace PvExec.Processes.Proxy;

/// <summary>An exposed port that another instance goes on with.</summary>
/// <param name="Listening">It listens still; nobody accepts from it.</param>
/// <param name="Waiting">Connections that were accepted and not yet connected to the process; nothing of them has been read.</param>
internal sealed record ReleasedPort(Socket Listening, IReadOnlyList<Socket> Waiting)
{
    /// <summary>Closes these copies; another instance has its own, and nothing is said to anybody.</summary>
    public void Close()
    {
        Listening.Dispose();
        foreach (Socket client in Waiting)
        {
            client.Dispose();
        }
    }
}
