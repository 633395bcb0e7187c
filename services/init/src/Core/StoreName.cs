namespace PvExec.Init.Core;

/// <summary>The names of stored descriptors (FDNAME= of sd_pid_notify_with_fds(3)).</summary>
internal static class StoreName
{
    /// <summary>That of a descriptor that was given none, or a wrong one.</summary>
    public const string Default = "stored";

    private const int MaxLength = 255;

    /// <summary>ASCII without control characters and ':', at most 255 of them.</summary>
    public static string From(string? given) =>
        given is { Length: > 0 and <= MaxLength } && given.All(c => c is >= ' ' and < '\x7f' and not ':') ? given : Default;
}
