using Microsoft.Win32.SafeHandles;

namespace PvExec.Init.Supervision;

/// <summary>What an instance handed over: passed on as it came, and open here until the new instance is ready.</summary>
internal sealed record HandedOverState(IReadOnlyList<string> Names, SafeFileHandle[] Descriptors) : IDisposable
{
    public static HandedOverState Nothing { get; } = new([], []);

    public void Dispose()
    {
        foreach (SafeFileHandle descriptor in Descriptors)
        {
            descriptor.Dispose();
        }
    }
}
