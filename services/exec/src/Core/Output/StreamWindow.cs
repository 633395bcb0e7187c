namespace PvExec.Exec.Core.Output;

/// <summary>Which part of a stream is kept: its first bytes and its last ones.</summary>
/// <param name="HeadBytes">How many of the first; a multiple of the page size, so that what follows can be freed.</param>
/// <param name="TailBytes">How many of the last, at least.</param>
public readonly record struct StreamWindow(long HeadBytes, long TailBytes)
{
    /// <summary>The gap grows in steps, so that a long stream is not freed page by page.</summary>
    public const long StepBytes = 256 * 1024;

    private const long PageBytes = 4096;

    /// <summary>A window that keeps at least so much.</summary>
    public static StreamWindow Of(long headBytes, long tailBytes) => new((headBytes + PageBytes - 1) / PageBytes * PageBytes, tailBytes);

    /// <summary>
    /// What is dropped of a stream of that length; start and end are equal when nothing is. It follows from the length
    /// alone, so an instance that takes a stream over knows it without being told.
    /// </summary>
    public (long Start, long End) Gap(long length)
    {
        long end = Math.Max(0, length - TailBytes) / StepBytes * StepBytes;
        return (HeadBytes, Math.Max(HeadBytes, end));
    }
}
