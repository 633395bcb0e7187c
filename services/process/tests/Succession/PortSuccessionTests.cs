using System.Net;
using System.Net.Sockets;
using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Processes.Engine;
using PvExec.Processes.Proxy;
using PvExec.Processes.Tests.Engine;

namespace PvExec.Processes.Tests.Succession;

public class PortSuccessionTests
{
    private readonly int _exposed = FreePort();

    [Fact]
    public async Task A_connection_that_is_carried_goes_on_and_new_ones_go_through_the_next_instance()
    {
        using Socket server = Listen();
        await using var harness = new EngineHarness();
        Child child = await StartAsync(harness, server);
        ProcessEngine first = harness.Engine;
        using Socket carried = await ConnectAsync();
        using Socket carriedEnd = await AcceptAsync(server);

        await harness.HandOverAsync(child);
        Task staying = first.FinishAsync(CancellationToken.None);
        await EchoAsync(carried, carriedEnd);
        using Socket later = await ConnectAsync();
        using Socket laterEnd = await AcceptAsync(server);
        await EchoAsync(later, laterEnd);
        Assert.False(staying.IsCompleted);
        carried.Dispose();
        carriedEnd.Dispose();
        await staying.WaitAsync(EngineHarness.Patience);
    }

    [Fact]
    public async Task A_connection_that_waits_for_the_process_waits_on_in_the_next_instance()
    {
        using Socket server = Listen();
        await using var harness = new EngineHarness();
        Child child = await StartAsync(harness, server);
        harness.Tables.Close(PortOf(server));
        await harness.UntilAsync("web", ProcessState.Starting);
        using Socket waiting = await ConnectAsync();
        await waiting.SendAsync(new byte[] { 42 });

        ProcessEngine first = harness.Engine;
        await harness.HandOverAsync(child);
        await first.FinishAsync(CancellationToken.None).WaitAsync(EngineHarness.Patience);
        harness.Tables.Listen(child.Pid, PortOf(server));
        using Socket end = await AcceptAsync(server);
        byte[] received = new byte[1];
        await end.ReceiveAsync(received).WaitAsync(EngineHarness.Patience);
        Assert.Equal(42, received[0]);
        await EchoAsync(waiting, end);
    }

    [Fact]
    public async Task A_port_that_the_next_instance_closes_is_free()
    {
        using Socket server = Listen();
        await using var harness = new EngineHarness();
        Child child = await StartAsync(harness, server);
        ProcessEngine first = harness.Engine;
        await harness.HandOverAsync(child);
        await first.FinishAsync(CancellationToken.None).WaitAsync(EngineHarness.Patience);
        Assert.Null((await harness.Engine.DisableAsync("web", default)).Fault);
        using Socket again = PublicSocket.Listen(_exposed);
        Assert.Equal(_exposed, PortOf(again));
    }

    [Fact]
    public async Task A_connection_that_comes_while_no_instance_is_there_is_served_by_the_next()
    {
        using var store = new FakeDescriptorStore();
        using Socket server = Listen();
        await using var harness = new EngineHarness { NotifySocket = store.Path };
        Child child = await StartAsync(harness, server);
        await new Hosting.Notify.DescriptorStore(store.Path).SettledAsync();
        Assert.Equal(["port.web"], store.Names);

        // As after SIGKILL: the descriptors of the first are closed, and nothing was handed over.
        Legacy legacy = await harness.Engine.HandOverAsync();
        Assert.NotEmpty(legacy.Descriptors);
        await harness.Engine.FinishAsync(CancellationToken.None).WaitAsync(EngineHarness.Patience);
        using Socket early = await ConnectAsync();
        harness.Start(Inheritance.None with { Stored = store.Copies() }, child);
        using Socket end = await AcceptAsync(server);
        await EchoAsync(early, end);

        // Closed with the process, and for everybody.
        Assert.Null((await harness.Engine.RestartAsync("web", [], [], default)).Fault);
        Assert.Empty(store.Names);
        using Socket free = PublicSocket.Listen(_exposed);
    }

    [Fact]
    public async Task A_stored_port_of_a_process_that_is_not_there_any_more_is_closed()
    {
        using var store = new FakeDescriptorStore();
        using (Socket listening = PublicSocket.Listen(_exposed))
        {
            new Hosting.Notify.DescriptorStore(store.Path).Put("port.web", listening.SafeHandle);
        }

        await new Hosting.Notify.DescriptorStore(store.Path).SettledAsync();
        await using var harness = new EngineHarness { NotifySocket = store.Path };
        harness.Start(Inheritance.None with { Stored = store.Copies() });
        await new Hosting.Notify.DescriptorStore(store.Path).SettledAsync();
        Assert.Empty(store.Names);
        using Socket free = PublicSocket.Listen(_exposed);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_told_of_until_it_leads_to_the_process()
    {
        using Socket server = Listen();
        Socket other = PublicSocket.Listen(_exposed);
        await using var harness = new EngineHarness();
        harness.Tables.Owner = "'nginx' (pid 7)";
        harness.Start();
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec("web", _exposed), default)).Fault);
        Keeper keeper = harness.Engine.Find("web")!;
        Assert.Contains("'nginx' (pid 7)", keeper.PortProblem, StringComparison.Ordinal);
        harness.Tables.Listen(harness.Init.Spawned[0].Child.Pid, PortOf(server));
        await harness.UntilAsync("web", ProcessState.Running);
        Assert.Contains("'nginx' (pid 7)", keeper.PortProblem, StringComparison.Ordinal);
        other.Dispose();
        harness.Tables.Owner = null;
        using Socket client = await ConnectWhenOpenAsync();
        using Socket end = await AcceptAsync(server);
        await EchoAsync(client, end);
        Assert.Empty(keeper.PortProblem);
    }

    private async Task<Child> StartAsync(EngineHarness harness, Socket server)
    {
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec("web", _exposed), default);
        Child child = harness.Init.Spawned[0].Child;
        harness.Tables.Listen(child.Pid, PortOf(server));
        await harness.UntilAsync("web", ProcessState.Running);
        return child;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static int FreePort()
    {
        using Socket socket = PublicSocket.Listen(0);
        return PortOf(socket);
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _exposed).WaitAsync(EngineHarness.Patience);
        return client;
    }

    // Nobody tells when a taken port has been opened: it is asked for until somebody listens.
    private async Task<Socket> ConnectWhenOpenAsync()
    {
        while (true)
        {
            try
            {
                return await ConnectAsync();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Yield();
            }
        }
    }

    private static Task<Socket> AcceptAsync(Socket server) => server.AcceptAsync().WaitAsync(EngineHarness.Patience);

    private static async Task EchoAsync(Socket one, Socket other)
    {
        byte[] received = new byte[1];
        await one.SendAsync(new byte[] { 7 });
        await other.ReceiveAsync(received).WaitAsync(EngineHarness.Patience);
        Assert.Equal(7, received[0]);
        await other.SendAsync(new byte[] { 8 });
        await one.ReceiveAsync(received).WaitAsync(EngineHarness.Patience);
        Assert.Equal(8, received[0]);
    }
}
