using System.Text;
using PvExec.Front.Core;

namespace PvExec.Front.Tests.Core;

public sealed class HopByHopTests
{
    [Theory]
    [InlineData("connection", true)]
    [InlineData("keep-alive", true)]
    [InlineData("proxy-connection", true)]
    [InlineData("transfer-encoding", true)]
    [InlineData("upgrade", true)]
    [InlineData("te", false)]
    [InlineData("user-agent", false)]
    [InlineData("grpc-encoding-x", false)]
    public void These_speak_of_one_connection(string name, bool isHop) => Assert.Equal(isHop, HopByHop.Is(Encoding.ASCII.GetBytes(name)));
}
