using System.Net;
using PvExec.Linux.Ports;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Tests.Core;

public class PortTests
{
    private static ListeningEndpoint On(string address, int port, ulong inode) => new(IPAddress.Parse(address), port, inode);

    [Fact]
    public void Of_ports_seen_together_the_lowest_is_chosen() =>
        Assert.Equal(3000, PortSet.Empty.With([On("0.0.0.0", 9229, 1), On("0.0.0.0", 3000, 2)]).Port);

    [Fact]
    public void The_port_seen_first_is_kept_while_it_listens()
    {
        PortSet first = PortSet.Empty.With([On("0.0.0.0", 9229, 1)]);
        PortSet both = first.With([On("0.0.0.0", 3000, 2), On("0.0.0.0", 9229, 1)]);
        Assert.Equal(9229, both.Port);
        Assert.Equal(3000, both.With([On("0.0.0.0", 3000, 2)]).Port);
        Assert.Equal(0, both.With([]).Port);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1:80")]
    [InlineData("127.0.0.1", "127.0.0.1:80")]
    [InlineData("::1", "[::1]:80")]
    [InlineData("::", "[::1]:80 127.0.0.1:80")]
    [InlineData("10.1.2.3", "10.1.2.3:80")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1:80")]
    public void The_proxy_goes_to_the_address_that_the_process_is_bound_to(string bound, string endpoints) =>
        Assert.Equal(endpoints, string.Join(' ', ProxyTarget.For(8080, PortSet.Empty.With([On(bound, 80, 1)]))!.Endpoints));

    [Fact]
    public void Nothing_is_proxied_without_an_exposed_port_or_when_the_process_has_it()
    {
        PortSet ports = PortSet.Empty.With([On("0.0.0.0", 80, 1), On("::1", 8080, 2)]);
        Assert.Null(ProxyTarget.For(0, ports));
        Assert.Null(ProxyTarget.For(8080, ports));
        Assert.Null(ProxyTarget.For(8080, PortSet.Empty));
        Assert.NotNull(ProxyTarget.For(9090, ports));
    }

    [Fact]
    public void Looks_are_frequent_at_first_and_never_rarer_than_half_a_second_while_it_lives()
    {
        Assert.True(PollPace.Next(ProcessPhase.Starting, TimeSpan.Zero) <= TimeSpan.FromMilliseconds(10));
        Assert.Equal(PollPace.Slowest, PollPace.Next(ProcessPhase.Starting, TimeSpan.FromHours(1)));
        Assert.Equal(PollPace.Slowest, PollPace.Next(ProcessPhase.Running, TimeSpan.Zero));
        Assert.Null(PollPace.Next(ProcessPhase.Finished, TimeSpan.Zero));
    }
}
