using PvExec.Bench.Bus;
using PvExec.Bench.Bus.Peers;

// The bus's Unix sockets beside NetMQ over TCP, libzmq's ipc and the kernel alone: see README.md.
switch (args)
{
    case ["echo-netmq", { } endpoint]:
        NetMQEcho.Serve(endpoint);
        return 0;
    case ["echo-bare", { } path]:
        BareEcho.Serve(path);
        return 0;
}

if (Plan.Parse(args) is not { } plan)
{
    Console.Error.WriteLine("usage: PvExec.Bench.Bus [--quick] [--json FILE]");
    return 100;
}

DirectoryInfo directory = Directory.CreateTempSubdirectory("busbench");
var report = new Report();
try
{
    RoundTrips.Run(directory.FullName, plan, report);
    await Fanout.RunAsync(Path.Combine(directory.FullName, "events"), plan.Events, report);
}
finally
{
    directory.Delete(recursive: true);
}

if (plan.Json is { } json)
{
    report.WriteTo(json);
}

return 0;
