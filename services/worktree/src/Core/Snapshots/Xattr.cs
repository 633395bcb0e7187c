namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>An extended attribute, as the kernel gives it; access control lists are such.</summary>
public sealed record Xattr(ByteString Name, ByteString Value);
