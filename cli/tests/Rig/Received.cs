using Google.Protobuf;

namespace PvExec.Cli.Tests.Rig;

/// <summary>The last request that a fake service was sent.</summary>
internal sealed class Received
{
    public IMessage? Last { get; set; }
}
