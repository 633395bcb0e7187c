using System.Globalization;
using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints what the worktree service answered, for people or for programs.</summary>
internal static class WorktreePrinter
{
    public static void Print(SaveRow save, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(save, Json.Default.SaveRow));
        }
        else if (save.Changed)
        {
            output.WriteLine($"saved {save.Snapshot?.Id}: {save.Snapshot?.Entries} entries, {Text.Size(save.UploadedBytes)} uploaded in {Text.Elapsed(save.ElapsedSeconds)}");
        }
        else
        {
            output.WriteLine($"nothing has changed since {save.Snapshot?.Id ?? "the start"}");
        }
    }

    public static void Print(IReadOnlyList<SnapshotRow> snapshots, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(snapshots, Json.Default.IReadOnlyListSnapshotRow));
            return;
        }

        var table = new Table("SNAPSHOT", "CREATED", "ENTRIES", "SIZE");
        foreach (SnapshotRow snapshot in snapshots)
        {
            table.Add(snapshot.Id, Text.Time(snapshot.Created), snapshot.Entries.ToString(CultureInfo.InvariantCulture), Text.Size(snapshot.ContentBytes));
        }

        table.Write(output);
    }

    public static void Print(StatusRow status, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(status, Json.Default.StatusRow));
            return;
        }

        Line("worktree", status.WorktreeId);
        Line("source", status.SourceWorktreeId);
        Line("mount point", $"{status.MountPoint} ({status.Mode})");
        Line("store", status.Store);
        Line("latest", status.Latest is { } latest
            ? $"{latest.Id}, {Text.Time(latest.Created)}, {latest.Entries} entries, {Text.Size(latest.ContentBytes)}"
            : "never saved");
        Line("autosave", status.AutosaveIntervalSeconds is { } seconds ? $"every {Text.Elapsed(seconds)}" : "off");
        Line("saving", status.Saving ? "yes" : "no");
        Line("last error", status.LastSaveError);

        void Line(string label, string? value)
        {
            if (value is not null)
            {
                output.WriteLine($"{label,-12}{value}");
            }
        }
    }
}
