using PvExec.Hosting.Init;
using PvExec.Hosting.Sockets;

namespace PvExec.Hosting.Tests.Sockets;

public sealed class StoredDescriptorsTests
{
    [Fact]
    public void What_is_no_listening_socket_was_stored()
    {
        IReadOnlyList<KeptDescriptor> stored = StoredDescriptors.Take("grpc:bus:events:worktree-root:port.web");

        Assert.Equal(["worktree-root", "port.web"], stored.Select(one => one.Name));
        Assert.Equal([6, 7], stored.Select(one => (int)one.Handle.DangerousGetHandle()));

        // The numbers are somebody else's in this process.
        Assert.All(stored, one => one.Handle.SetHandleAsInvalid());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("front")]
    public void Without_more_than_listening_sockets_nothing_was_stored(string? names) => Assert.Empty(StoredDescriptors.Take(names));
}
