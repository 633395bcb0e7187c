using System.Buffers;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests;

/// <summary>A Spawn as pv-init reads it.</summary>
internal static class Views
{
    public static SpawnView Of(Spawn spawn)
    {
        var output = new ArrayBufferWriter<byte>();
        InitPacket.Write(output, 1, spawn);
        Assert.True(InitPacket.TryParse(output.WrittenMemory, out InitPacket packet));
        Assert.True(SpawnView.TryRead(packet, out SpawnView view));
        return view;
    }
}
