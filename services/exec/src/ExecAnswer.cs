using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec;

/// <summary>What the contract's call answers with.</summary>
/// <param name="Data">The output, or a part of it when it is more than one answer can hold.</param>
/// <param name="TotalBytes">The length of the whole output.</param>
/// <param name="ErrorTail">The end of standard error.</param>
internal sealed record ExecAnswer(ExitStatus Status, ReadOnlyMemory<byte> Data, long TotalBytes, byte[] ErrorTail)
{
    /// <summary>Peers commonly take 8 KiB of metadata in all, and bytes travel as base 64.</summary>
    public const int ErrorTailBytes = 2048;

    public static ExecAnswer Of(Run run, RunResult result)
    {
        long total = run.Output.Standard.Length;
        return new ExecAnswer(
            result.Status, run.Output.Standard.Copy(0, Math.Min(total, ExecOptions.MaxResultBytes)), total, run.Output.ErrorTail(ErrorTailBytes));
    }
}
