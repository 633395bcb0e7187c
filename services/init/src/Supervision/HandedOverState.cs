using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>What an instance handed over: passed on as it came, and open here until the new instance is ready.</summary>
internal sealed record HandedOverState(IReadOnlyList<string> Names, int[] Descriptors) : IDisposable
{
    public static HandedOverState Nothing { get; } = new([], []);

    /// <summary>Once: the numbers may be others' afterwards.</summary>
    public void Dispose()
    {
        foreach (int descriptor in Descriptors)
        {
            DescriptorBuffer.Close(descriptor);
        }
    }
}
