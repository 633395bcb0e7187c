namespace PvExec.Tasks.Core;

/// <summary>The format of <c>input_scopes</c> and <c>output_scopes</c>: one scope a line; blank lines and lines that start with # say nothing.</summary>
public static class ScopeFile
{
    /// <summary>A file that is larger is refused, so that what a run holds always fits into its note to pv-init.</summary>
    public const int MaxBytes = 16 * 1024;
}
