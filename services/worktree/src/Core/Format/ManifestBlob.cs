using PvExec.Kernel;
using PvExec.Worktrees.Core.Snapshots;
using ZstdSharp;

namespace PvExec.Worktrees.Core.Format;

/// <summary>A manifest as stored.</summary>
internal static class ManifestBlob
{
    /// <summary>Room for about ten million entries.</summary>
    private const int LongestBytes = 1024 * 1024 * 1024;

    public static byte[] Seal(Manifest manifest)
    {
        using var compressor = new Compressor(PackBlob.Level);
        return Envelope.Seal("PVMF"u8, ManifestWriter.Write(manifest), compressor);
    }

    public static Outcome<Manifest> Open(Hash256 id, ReadOnlySpan<byte> blob)
    {
        string name = BlobNames.Manifest(id);
        return Envelope.Open(name, id, "PVMF"u8, blob, LongestBytes, length => GC.AllocateUninitializedArray<byte>(length))
            .Then(raw => ManifestReader.Read(name, raw.Span));
    }
}
