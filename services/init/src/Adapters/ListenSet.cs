using System.Net;
using System.Runtime.InteropServices;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Adapters;

/// <summary>Every listening socket of the system; a caller that connects while a service is down waits in its backlog.</summary>
internal sealed class ListenSet
{
    private const int Backlog = 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Dictionary<Service, List<ListeningDescriptor>> _sockets = [];

    private ListenSet(PacketSocket init, PacketSocket? notify, int frontPort)
    {
        Init = init;
        Notify = notify;
        FrontPort = frontPort;
    }

    /// <summary>pv-init's own line.</summary>
    public PacketSocket Init { get; }

    /// <summary>For sd_notify(3); null where somebody else runs the services.</summary>
    public PacketSocket? Notify { get; }

    /// <summary>The port that the front really has.</summary>
    public int FrontPort { get; }

    /// <summary>What the service is given, in the order of its descriptors from 3 on.</summary>
    public IReadOnlyList<ListeningDescriptor> For(Service service) => _sockets[service];

    public static Outcome<ListenSet> Open(DaemonOptions options) => options.ExternalServices ? OpenOwn(options) : OpenAll(options);

    private static Outcome<ListenSet> OpenOwn(DaemonOptions options)
    {
        try
        {
            var set = new ListenSet(PacketSocket.Listen(options.Paths.Init, Backlog), null, options.Port);
            File.SetUnixFileMode(options.Paths.Init, OwnerOnly);
            foreach (Service service in Services.All)
            {
                set._sockets[service] = [];
            }

            return set;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SocketFault(options, e);
        }
    }

    private static Outcome<ListenSet> OpenAll(DaemonOptions options)
    {
        IPAddress? address = OptionChecks.Resolve(options.Host);
        if (address is null)
        {
            return new Fault(FaultKind.InvalidArgument, $"{options.Given(DaemonFlags.Host)} '{options.Host}' is no address of this machine: give an IPv4 or IPv6 address, or localhost");
        }

        SafeHandle? front = ListeningSocket.TryTcp(address, options.Port, Backlog, out int port, out int errno);
        if (front is null)
        {
            return PortFault(options, errno);
        }

        RuntimePaths paths = options.Paths;
        try
        {
            var set = new ListenSet(PacketSocket.Listen(paths.Init, Backlog), PacketSocket.BindDatagram(paths.Notify), port);
            File.SetUnixFileMode(paths.Init, OwnerOnly);
            File.SetUnixFileMode(paths.Notify, OwnerOnly);
            set._sockets[Service.Front] = [new ListeningDescriptor("front", front)];
            foreach (Service service in new[] { Service.Exec, Service.Process, Service.Worktree })
            {
                set._sockets[service] =
                [
                    OpenUnix("grpc", paths.Grpc(service)),
                    OpenUnix("bus", paths.BusRequests(service)),
                    OpenUnix("events", paths.BusEvents(service)),
                ];
            }

            return set;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SocketFault(options, e);
        }
    }

    private static Fault SocketFault(DaemonOptions options, Exception e) =>
        new(FaultKind.Internal, $"cannot open the sockets in {options.Given(DaemonFlags.RuntimeDir)} '{options.RuntimeDir}': {e.Message}");

    private static ListeningDescriptor OpenUnix(string name, string path)
    {
        SafeHandle handle = ListeningSocket.Unix(path, Backlog);
        File.SetUnixFileMode(path, OwnerOnly);
        return new ListeningDescriptor(name, handle);
    }

    private static Fault PortFault(DaemonOptions options, int errno) => errno switch
    {
        Errno.EADDRINUSE => new Fault(
            FaultKind.Unavailable, $"port {options.Port} on {options.Host} is taken: stop the program that has it, or choose another with {options.Given(DaemonFlags.Port)} (0 takes a free one)"),
        Errno.EACCES or Errno.EPERM => new Fault(
            FaultKind.PermissionDenied, $"port {options.Port} on {options.Host} may not be taken by this user: choose one above 1023 with {options.Given(DaemonFlags.Port)}"),
        Errno.EADDRNOTAVAIL => new Fault(
            FaultKind.InvalidArgument, $"{options.Given(DaemonFlags.Host)} '{options.Host}' is no address of this machine: give one that 'ip addr' lists, 0.0.0.0 or ::"),
        _ => new Fault(FaultKind.Internal, $"cannot listen on {options.Host} port {options.Port}: {Errno.Describe(errno)}"),
    };
}
