namespace PvExec.Worktrees.Adapters.Store;

/// <summary>A blob in a list.</summary>
public sealed record BlobInfo(string Name, DateTimeOffset Written, long Length);
