namespace PvExec.Init.Children;

/// <summary>What to start; everything that goes to the kernel is bytes.</summary>
/// <param name="Arguments">The program and its arguments, at least one.</param>
/// <param name="Environment">As <c>NAME=value</c>.</param>
/// <param name="Directory">Null: pv-init's own.</param>
/// <param name="Sources">Descriptors of this process.</param>
/// <param name="Targets">Their numbers in the child, each once.</param>
/// <param name="LeadsSession">Else it leads a process group only.</param>
internal sealed record SpawnPlan(
    IReadOnlyList<byte[]> Arguments,
    IReadOnlyList<byte[]> Environment,
    byte[]? Directory,
    int[] Sources,
    IReadOnlyList<int> Targets,
    bool LeadsSession)
{
    /// <summary>The environment variable whose value becomes the child's pid, as sd_listen_fds(3) wants it.</summary>
    public static ReadOnlySpan<byte> ListenPidPlaceholder => "LISTEN_PID=          "u8;
}
