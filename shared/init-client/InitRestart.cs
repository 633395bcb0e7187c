using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Asks pv-init to put a new instance of a service in the place of the one that runs.</summary>
public static class InitRestart
{
    /// <summary>Returns when the new instance is ready, or with why there is none.</summary>
    /// <param name="service">Its name; one that pv-init does not know is InvalidArgument.</param>
    public static Outcome<Unit> Restart(RuntimePaths paths, string service)
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
                errno = sender.Send(socket, 2, new RestartService(service));
            }

            return errno == 0 || errno == Errno.EPIPE
                ? ReadAnswer(paths, socket)
                : new Fault(FaultKind.Internal, $"cannot ask pv-init on '{paths.Init}': {Errno.Describe(errno)}");
        }
    }

    private static Outcome<Unit> ReadAnswer(RuntimePaths paths, PacketSocket socket)
    {
        var receiver = new MessageReceiver();
        while (receiver.Receive(socket, out InitPacket packet, out _) == ReceiveResult.Message)
        {
            receiver.DropDescriptors();
            if (packet.Type == MessageType.Done)
            {
                return Unit.Value;
            }

            if (packet.Type == MessageType.Failed && packet.TryRead(out Failed failed))
            {
                return new Fault((FaultKind)failed.Kind, failed.Detail);
            }
        }

        return new Fault(FaultKind.Unavailable, $"pv-init closed the line on '{paths.Init}' without an answer: it is stopping, or runs as another user");
    }
}
