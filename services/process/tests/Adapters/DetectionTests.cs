using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Linux.Ports;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Tests.Adapters;

public class DetectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void A_listener_is_in_both_tables_with_its_address_and_our_inode(string address)
    {
        IPAddress bound = IPAddress.Parse(address);
        using var listener = new Socket(bound.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(bound, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using SockDiag netlink = SockDiag.TryOpen(out _)!;
        var fromNetlink = new List<ListeningEndpoint>();
        Assert.Equal(0, netlink.TryList(fromNetlink));
        var inodes = new HashSet<ulong>();
        SocketInodes.AddOf(Environment.ProcessId, inodes);

        // Another program may have that port at an address of the other family: a free one is free in one family only.
        ListeningEndpoint found = Assert.Single(fromNetlink, entry => entry.Port == port && entry.Address.AddressFamily == bound.AddressFamily);
        Assert.Equal(bound, found.Address);
        Assert.Contains(found.Inode, inodes);

        // The kernel goes on in the middle of a table that changes between two reads: an entry may be left out, or come twice.
        var fromText = new List<ListeningEndpoint>();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                fromText.Clear();
                ProcNetTcp.List(fromText);
                return fromText.Contains(found);
            },
            Patience), $"{found} is not in the text: {string.Join(", ", fromText)}");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_server_in_a_child_of_the_process_is_found_and_missed_when_it_ends(string address)
    {
        // A shell as leader, so that the listener is its child; it says its port once it listens.
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", $"/usr/bin/python3 -u -m http.server --bind {address} 0; exit 0" },
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var tables = new KernelTables(NullLogger<KernelTables>.Instance);
        using var watcher = new PortWatcher(tables, NullLogger<PortWatcher>.Instance);
        using var leaving = new CancellationTokenSource();
        var watched = new Recorder(shell.Id);
        watcher.Watch(watched);
        Task running = watcher.RunAsync(leaving.Token);
        try
        {
            ListeningEndpoint found = await watched.Found.Task.WaitAsync(Patience);
            Assert.Equal(IPAddress.Parse(address), found.Address);
            string said = await shell.StandardOutput.ReadLineAsync() ?? "";
            Assert.Contains($" {found.Port} ", said, StringComparison.Ordinal);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }

        await watched.Lost.Task.WaitAsync(Patience);
        await leaving.CancelAsync();
        await running;
    }

    private sealed class Recorder(int pid) : IWatched
    {
        public TaskCompletionSource<ListeningEndpoint> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int LeaderPid => pid;

        public IReadOnlyList<ulong> KnownSockets => [];

        public TimeSpan? NextLook => TimeSpan.FromMilliseconds(5);

        public void Listens(IReadOnlyList<ListeningEndpoint> listeners)
        {
            if (listeners.Count > 0)
            {
                Found.TrySetResult(listeners[0]);
            }
            else if (Found.Task.IsCompleted)
            {
                Lost.TrySetResult();
            }
        }
    }
}
