using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>Keeps the output for the one object that <c>--json</c> prints: the beginning of each stream.</summary>
internal sealed class CollectedOutput : IRunOutput
{
    /// <summary>Of each stream: what one answer of the old call could hold.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    private readonly MemoryStream _standard = new();
    private readonly MemoryStream _error = new();

    public ReadOnlyMemory<byte> Standard => _standard.GetBuffer().AsMemory(0, (int)_standard.Length);

    /// <summary>How many bytes of both streams came after that.</summary>
    public ulong LeftOut { get; private set; }

    public ReadOnlyMemory<byte> Error => _error.GetBuffer().AsMemory(0, (int)_error.Length);

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        MemoryStream to = stream == OutputStream.Stderr ? _error : _standard;
        int kept = (int)Math.Min(data.Length, MaxBytes - to.Length);
        to.Write(data.Span[..kept]);
        LeftOut += (ulong)(data.Length - kept);
        return ValueTask.CompletedTask;
    }
}
