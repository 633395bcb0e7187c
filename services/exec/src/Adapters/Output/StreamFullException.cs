using System.Runtime.InteropServices;

namespace PvExec.Exec.Adapters.Output;

/// <summary>What comes cannot be kept: the disk, a quota or a file's size is at its limit, or the disk fails.</summary>
/// <param name="from">The pipe whose content it is.</param>
/// <param name="taken">How many bytes have been taken from the pipe and are lost; the others are in it still.</param>
internal sealed class StreamFullException(string message, SafeHandle from, int taken) : IOException(message)
{
    public SafeHandle From { get; } = from;

    public int Taken { get; } = taken;
}
