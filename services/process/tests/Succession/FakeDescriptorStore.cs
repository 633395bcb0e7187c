using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;

namespace PvExec.Processes.Tests.Succession;

/// <summary>The other end of NOTIFY_SOCKET, as pv-init and systemd are: keeps descriptors by name and answers barriers.</summary>
internal sealed class FakeDescriptorStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pvx").FullName;
    private readonly PacketSocket _socket;
    private readonly EventCounter _stop = new();
    private readonly Thread _thread;
    private readonly Lock _lock = new(); // guards _kept
    private readonly List<KeptDescriptor> _kept = [];

    public FakeDescriptorStore()
    {
        _socket = PacketSocket.BindDatagram(Path);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public string Path => System.IO.Path.Combine(_directory, "notify");

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _kept.Select(one => one.Name)];
            }
        }
    }

    /// <summary>What the next instance gets: copies.</summary>
    public IReadOnlyList<KeptDescriptor> Copies()
    {
        lock (_lock)
        {
            return [.. _kept.Select(one => new KeptDescriptor(one.Name, Descriptors.Copy(one.Handle)))];
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _socket.Dispose();
        _kept.ForEach(one => one.Handle.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    private void Run()
    {
        using var poll = new EventPoll();
        poll.Add(_socket.Handle, 0, PollEvents.Readable);
        poll.Add(_stop.Handle, 1, PollEvents.Readable);
        var ready = new (long Token, PollEvents Events)[2];
        while (poll.Wait(ready, -1) is var count && !ready.AsSpan(0, count).ToArray().Any(one => one.Token == 1))
        {
            var buffer = new byte[4096];
            var descriptors = new List<SafeFileHandle>();
            ReceivedPacket packet = _socket.Receive(buffer, descriptors);
            if (packet.Errno == 0)
            {
                Take(Encoding.UTF8.GetString(buffer, 0, packet.Length).Split('\n'), descriptors);
            }
        }
    }

    private void Take(string[] lines, List<SafeFileHandle> descriptors)
    {
        string name = lines.FirstOrDefault(line => line.StartsWith("FDNAME=", StringComparison.Ordinal))?[7..] ?? "";
        lock (_lock)
        {
            if (lines.Contains("FDSTORE=1"))
            {
                _kept.AddRange(descriptors.Select(one => new KeptDescriptor(name, one)));
                return;
            }

            if (lines.Contains("FDSTOREREMOVE=1"))
            {
                _kept.FindAll(one => one.Name == name).ForEach(one => one.Handle.Dispose());
                _kept.RemoveAll(one => one.Name == name);
            }
        }

        descriptors.ForEach(one => one.Dispose());
    }
}
