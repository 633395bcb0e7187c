using PvExec.Kernel;

namespace PvExec.Worktrees.Adapters.Store;

/// <summary>
/// Where snapshots are kept: named blobs. A directory, an Azure container and an S3 bucket can all do this. Every
/// failure is a fault whose detail names the place and says what to do.
/// </summary>
public interface IBlobStore
{
    /// <summary>The store's URL, without secrets.</summary>
    string Url { get; }

    /// <summary>Makes sure that the store is there and can be written to.</summary>
    ValueTask<Outcome<Unit>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A whole blob; NotFound when there is none.</summary>
    ValueTask<Outcome<byte[]>> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>A blob that is replaced at times, with its tag; null when there is none.</summary>
    ValueTask<Outcome<TaggedBlob?>> GetTaggedAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes a blob that is not there yet; one of that name counts as written now. On return it is durable.</summary>
    ValueTask<Outcome<Unit>> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Replaces a blob in one step if it still is what the tag says. On return it is durable.</summary>
    /// <param name="tag">Null: there must be none yet.</param>
    /// <returns>The new tag, or null when somebody else was faster and nothing was done.</returns>
    ValueTask<Outcome<string?>> ReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken);

    /// <summary>All blobs whose names begin so.</summary>
    ValueTask<Outcome<IReadOnlyList<BlobInfo>>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes a blob, unless somebody has put it again; that there is none is no fault.</summary>
    /// <param name="blob">As it was listed.</param>
    /// <returns>Whether there is none now.</returns>
    ValueTask<Outcome<bool>> DeleteAsync(BlobInfo blob, CancellationToken cancellationToken);

    /// <summary>Removes what writers that died have left behind.</summary>
    /// <param name="age">Only what is older.</param>
    ValueTask<Outcome<Unit>> DiscardAbandonedAsync(TimeSpan age, CancellationToken cancellationToken);
}
