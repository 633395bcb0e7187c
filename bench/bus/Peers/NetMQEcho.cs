using Microsoft.Extensions.Logging.Abstractions;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;

namespace PvExec.Bench.Bus.Peers;

/// <summary>A ROUTER that sends everything back: over the bus's Unix sockets, or NetMQ's own TCP.</summary>
internal static class NetMQEcho
{
    /// <summary>Serves until killed.</summary>
    public static void Serve(string endpoint)
    {
        using var router = new RouterSocket();
        using var poller = new NetMQPoller { router };
        router.ReceiveReady += (_, _) =>
        {
            var frames = new NetMQMessage(2);
            while (router.TryReceiveMultipartMessage(ref frames, 2))
            {
                router.SendMultipartMessage(frames);
            }
        };
        if (endpoint.StartsWith("tcp://", StringComparison.Ordinal))
        {
            router.Bind(endpoint);
        }
        else
        {
            router.BindUnix(endpoint, poller, UnixTransportOptions.Default, NullLogger.Instance);
        }

        Console.WriteLine("ready");
        poller.Run();
    }
}
