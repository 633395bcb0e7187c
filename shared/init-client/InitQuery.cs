using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Questions to pv-init that any process of its user may ask.</summary>
public static class InitQuery
{
    /// <summary>How the services are; works while services are down.</summary>
    public static Outcome<List<ServiceStatus>> ListServices(RuntimePaths paths)
    {
        Outcome<PacketSocket> connected = InitLine.Connect(paths);
        if (!connected.TryGet(out PacketSocket? socket, out Fault? fault))
        {
            return fault;
        }

        using (socket)
        {
            var sender = new MessageSender();
            int errno = sender.Send(socket, 1, new Hello(InitProtocol.Version, ""));
            if (errno == 0)
            {
                errno = sender.Send(socket, 2, new ListServices());
            }

            return errno == 0 || errno == Errno.EPIPE
                ? ReadAnswer(paths, socket)
                : new Fault(FaultKind.Internal, $"cannot ask pv-init on '{paths.Init}': {Errno.Describe(errno)}");
        }
    }

    private static Outcome<List<ServiceStatus>> ReadAnswer(RuntimePaths paths, PacketSocket socket)
    {
        var receiver = new MessageReceiver();
        while (receiver.Receive(socket, out InitPacket packet, out _) == ReceiveResult.Message)
        {
            receiver.DropDescriptors();
            if (packet.Type == MessageType.ServiceList && packet.TryRead(out ServiceList list))
            {
                return new List<ServiceStatus>(list.Services);
            }

            if (packet.Type == MessageType.Failed && packet.TryRead(out Failed failed))
            {
                return new Fault((FaultKind)failed.Kind, failed.Detail);
            }
        }

        return new Fault(FaultKind.Unavailable, $"pv-init closed the line on '{paths.Init}' without an answer: it is stopping, or runs as another user");
    }
}
