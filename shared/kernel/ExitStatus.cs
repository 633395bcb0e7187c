namespace PvExec.Kernel;

/// <summary>How a process ended: by a code or by a signal, never both.</summary>
/// <param name="Code">What it gave to exit(3), 0 to 255; null when a signal ended it.</param>
/// <param name="Signal">The signal's number; null when it exited by itself.</param>
/// <param name="CoreDumped">Whether the kernel wrote a core image.</param>
public readonly record struct ExitStatus(int? Code, int? Signal, bool CoreDumped)
{
    public static ExitStatus Exited(int code) => new(code, null, false);

    public static ExitStatus Signaled(int signal, bool coreDumped = false) => new(null, signal, coreDumped);

    /// <summary>Takes a status word of waitpid(2) apart.</summary>
    public static ExitStatus FromWaitStatus(int status) =>
        (status & 0x7f) == 0
            ? Exited((status >> 8) & 0xff)
            : Signaled(status & 0x7f, (status & 0x80) != 0);

    public bool Succeeded => Code == 0;

    /// <summary>What a shell reports: the code, or 128 plus the signal.</summary>
    public int ShellCode => Code ?? 128 + Signal.GetValueOrDefault();

    public override string ToString() =>
        Code is { } code ? $"exit code {code}" : $"signal {Signal}{(CoreDumped ? ", core dumped" : "")}";
}
