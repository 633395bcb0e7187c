namespace PvExec.Init.Core;

/// <summary>The names of stored descriptors (FDNAME= of sd_pid_notify_with_fds(3)).</summary>
internal static class StoreName
{
    private const int MaxLength = 255;

    /// <summary>That of a descriptor that was given none, or a wrong one.</summary>
    public static ReadOnlySpan<byte> Default => "stored"u8;

    /// <summary>ASCII without control characters and ':', at most 255 of them.</summary>
    public static ReadOnlySpan<byte> From(ReadOnlySpan<byte> given)
    {
        bool isOne = given.Length is > 0 and <= MaxLength && !given.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !given.Contains((byte)':');
        return isOne ? given : Default;
    }
}
