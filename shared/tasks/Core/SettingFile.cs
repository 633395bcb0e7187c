namespace PvExec.Tasks.Core;

/// <summary>A file of a task that is read by us.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Content">Its bytes, of a large file no more than <see cref="MaxBytes"/> and one.</param>
/// <param name="Problem">Why it could not be read, and what to do; null when it was.</param>
public sealed record SettingFile(string Path, ReadOnlyMemory<byte> Content, string? Problem = null)
{
    /// <summary>No file may be larger; that of <see cref="ScopeFile"/> is smaller still.</summary>
    public const int MaxBytes = 64 * 1024;
}
