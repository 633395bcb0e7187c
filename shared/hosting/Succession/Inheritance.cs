using PvExec.Hosting.Init;

namespace PvExec.Hosting.Succession;

/// <summary>What a starting instance of a service finds of those before it, beside its children.</summary>
/// <param name="Table">What <see cref="Legacy.Table"/> was; empty at a first start and after a crash.</param>
/// <param name="HandedOver">What <see cref="Legacy.Descriptors"/> were; the caller owns them.</param>
/// <param name="Stored">The descriptor store (FDSTORE=1 of sd_notify(3)); the caller owns these copies, the store keeps its own.</param>
public sealed record Inheritance(ReadOnlyMemory<byte> Table, IReadOnlyList<KeptDescriptor> HandedOver, IReadOnlyList<KeptDescriptor> Stored)
{
    public static readonly Inheritance None = new(ReadOnlyMemory<byte>.Empty, [], []);

    /// <summary>Whether the instance before this one handed over, and did not just end.</summary>
    public bool IsHandedOver { get; init; }
}
