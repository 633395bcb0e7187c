using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>A snapshot as it is printed.</summary>
public sealed record SnapshotRow(string Id, DateTimeOffset Created, ulong Entries, ulong ContentBytes)
{
    public static SnapshotRow? From(Snapshot? snapshot) => snapshot is null
        ? null
        : new SnapshotRow(snapshot.Id, snapshot.Created?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch, snapshot.Entries, snapshot.ContentBytes);
}
