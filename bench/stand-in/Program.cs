using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using PvExec.Bench.StandIn;
using PvExec.Hosting.Init;
using PvExec.Hosting.Sockets;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

// Stands in for any daemon of pv-init: connects, says READY, carries out orders that come over its socket, leaves when told.
DaemonOptions options = DaemonOptions.Parse(args, Environment.GetEnvironmentVariable, out _);
await using InitConnection init = (await InitConnection.ConnectAsync(options.Paths, OwnName.Service, CancellationToken.None)).Value;
using var listener = new Socket(new SafeSocketHandle(InheritedSockets.Main, ownsHandle: true));
new SystemdNotifier().Notify(ServiceState.Ready);

var orders = new Orders(init);
var conversations = new List<Task>();
Task<Socket> accepted = listener.AcceptAsync();
while (await Task.WhenAny(accepted, init.StopRequested, init.Lost) == accepted)
{
    conversations.Add(orders.ServeAsync(await accepted));
    accepted = listener.AcceptAsync();
}

return 0;
