using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Tests.Notify;

public sealed class DescriptorStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pvn-");
    private readonly List<SafeFileHandle> _descriptors = [];

    public void Dispose()
    {
        _descriptors.ForEach(descriptor => descriptor.Dispose());
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_descriptor_goes_to_the_notify_socket_with_its_name(bool isAbstract)
    {
        string path = isAbstract ? $"@pv-notify-{Guid.NewGuid():N}" : Path.Combine(_directory.FullName, "notify");
        using PacketSocket manager = PacketSocket.BindDatagram(path);
        PipePair pipe = PipePair.Open();
        using SafeFileHandle readEnd = pipe.ReadEnd;
        using (var writer = new FileStream(pipe.WriteEnd, FileAccess.Write, 0))
        {
            writer.Write("kept"u8);
        }

        Assert.True(new DescriptorStore(path).Put("run-1.stdout", pipe.ReadEnd).Succeeded(out _));

        Assert.Equal("FDSTORE=1\nFDNAME=run-1.stdout", Received(manager));
        using var reader = new FileStream(Assert.Single(_descriptors), FileAccess.Read, 1);
        var bytes = new byte[4];
        reader.ReadExactly(bytes);
        Assert.Equal("kept", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public void Removing_names_what_is_removed_and_sends_no_descriptor()
    {
        string path = Path.Combine(_directory.FullName, "notify");
        using PacketSocket manager = PacketSocket.BindDatagram(path);
        Assert.True(new DescriptorStore(path).Remove("tree").Succeeded(out _));
        Assert.Equal("FDSTOREREMOVE=1\nFDNAME=tree", Received(manager));
        Assert.Empty(_descriptors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a\nFDSTORE=1")]
    [InlineData("ä")]
    public void What_cannot_be_a_name_is_a_fault_that_quotes_it(string name)
    {
        using SafeFileHandle descriptor = File.OpenHandle("/dev/null");
        Fault fault = new DescriptorStore("/nowhere").Put(name, descriptor).Fault!;
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains($"'{name}'", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_have_at_most_255_characters()
    {
        using SafeFileHandle descriptor = File.OpenHandle("/dev/null");
        var store = new DescriptorStore(null);
        Assert.Null(store.Put(new string('n', 255), descriptor).Fault);
        Assert.Equal(FaultKind.InvalidArgument, store.Put(new string('n', 256), descriptor).Fault!.Kind);
    }

    [Fact]
    public void A_socket_that_nobody_reads_is_a_fault_that_names_it()
    {
        Fault fault = new DescriptorStore("/no/such/socket").Remove("tree").Fault!;
        Assert.Equal(FaultKind.Unavailable, fault.Kind);
        Assert.Contains("'/no/such/socket'", fault.Detail, StringComparison.Ordinal);
    }

    private string Received(PacketSocket manager)
    {
        var buffer = new byte[4096];
        ReceivedPacket packet = manager.Receive(buffer, _descriptors);
        Assert.Equal(0, packet.Errno);
        Assert.Equal(Environment.ProcessId, packet.Sender.Pid);
        return Encoding.UTF8.GetString(buffer, 0, packet.Length);
    }
}
