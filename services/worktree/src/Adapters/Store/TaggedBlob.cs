namespace PvExec.Worktrees.Adapters.Store;

/// <summary>A blob's content at one time.</summary>
/// <param name="Tag">Another one whenever the content is another one.</param>
public sealed record TaggedBlob(byte[] Content, string Tag);
