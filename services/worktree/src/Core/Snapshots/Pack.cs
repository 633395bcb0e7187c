namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A blob of compressed pieces.</summary>
/// <param name="Id">The SHA-256 of the blob, which is its name.</param>
/// <param name="RawLength">In bytes, once decompressed.</param>
/// <param name="StoredLength">The blob's, in bytes.</param>
public sealed record Pack(Hash256 Id, int RawLength, long StoredLength);
