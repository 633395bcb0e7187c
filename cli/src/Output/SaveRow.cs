namespace PvExec.Cli.Output;

/// <summary>What a save did.</summary>
public sealed record SaveRow(SnapshotRow? Snapshot, bool Changed, ulong UploadedBytes, double ElapsedSeconds);
