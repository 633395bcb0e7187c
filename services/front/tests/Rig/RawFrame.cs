namespace PvExec.Front.Tests.Rig;

/// <summary>What the first nine bytes of a frame say.</summary>
internal readonly record struct RawFrame(byte Type, byte Flags, int Stream)
{
    /// <summary>Of DATA and HEADERS: END_STREAM.</summary>
    public bool IsLast => (Flags & 1) != 0;
}
