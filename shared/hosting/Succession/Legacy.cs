using PvExec.Hosting.Init;

namespace PvExec.Hosting.Succession;

/// <summary>What an instance of a service hands to the one that takes its place.</summary>
/// <param name="Table">Its state, in a format of the service's own that a later version must be able to read. At most 1 GiB.</param>
/// <param name="Descriptors">They stay the caller's. At most 250, none called <c>table</c>.</param>
public sealed record Legacy(ReadOnlyMemory<byte> Table, IReadOnlyList<KeptDescriptor> Descriptors)
{
    /// <summary>For a service whose state is all in files and in pv-init.</summary>
    public static readonly Legacy None = new(ReadOnlyMemory<byte>.Empty, []);
}
