namespace PvExec.Proto.Init;

/// <summary>The numbers of the line to pv-init; docs/init-protocol.md describes it.</summary>
public static class InitProtocol
{
    /// <summary>In Hello and Welcome. A change that an older peer cannot read raises it.</summary>
    public const uint Version = 1;

    /// <summary>A longer message travels in a memory file.</summary>
    public const int MaxInlineBytes = 48 * 1024;

    /// <summary>The longest message in a memory file: an argument vector with environment may have megabytes.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;

    /// <summary>Of one child, mapped and kept together: one packet carries 253, one of them may be the memory file.</summary>
    public const int MaxDescriptors = 250;

    /// <summary>The longest <c>State</c> of a child, so that an Owned message fits into a packet's memory file cheaply.</summary>
    public const int MaxStateBytes = 48 * 1024;
}
