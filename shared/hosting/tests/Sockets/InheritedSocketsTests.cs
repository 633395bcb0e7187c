using PvExec.Hosting.Sockets;
using PvExec.Kernel;

namespace PvExec.Hosting.Tests.Sockets;

public sealed class InheritedSocketsTests
{
    [Theory]
    [InlineData("grpc:bus:events", "grpc", 3)]
    [InlineData("grpc:bus:events", "events", 5)]
    [InlineData("front", "front", 3)]
    public void A_name_stands_where_its_descriptor_does(string names, string name, int descriptor) =>
        Assert.Equal(descriptor, InheritedSockets.Find(names, name).Value);

    [Theory]
    [InlineData("grpc:bus:events", 3)]
    [InlineData("events:bus:grpc", 5)]
    [InlineData("front", 3)]
    public void What_is_served_is_known_by_its_name(string names, int descriptor) =>
        Assert.Equal(descriptor, InheritedSockets.FindMain(names).Value);

    [Theory]
    [InlineData("grpc:bus")]
    [InlineData("")]
    [InlineData(null)]
    public void A_socket_that_was_not_passed_is_named(string? names)
    {
        Fault fault = InheritedSockets.Find(names, "events").Fault!;

        Assert.Equal(FaultKind.Internal, fault.Kind);
        Assert.Contains($"named 'events' was passed (LISTEN_FDNAMES is '{names}')", fault.Detail, StringComparison.Ordinal);
        Assert.Contains("start this program through pv-init", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_one_that_was_not_passed_throws_its_fault() =>
        Assert.Equal(FaultKind.Internal, Assert.Throws<FaultException>(() => InheritedSockets.Take("no such")).Fault.Kind);
}
