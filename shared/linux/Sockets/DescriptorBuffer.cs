using System.Runtime.InteropServices;
using static PvExec.Linux.Sockets.SocketCalls;

namespace PvExec.Linux.Sockets;

/// <summary>
/// Descriptors that came with a packet, as plain numbers: for a loop that may not allocate a handle for each. Whoever
/// has it closes them (<see cref="Clear"/>) or takes them (<see cref="Take"/>). Not for two threads at once.
/// </summary>
public sealed partial class DescriptorBuffer
{
    private const int F_DUPFD_CLOEXEC = 1030;

    private readonly int[] _numbers = new int[MaxDescriptors];

    public int Count { get; private set; }

    /// <summary>All of them, valid until the next change.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, Count);

    /// <summary>Takes those from <paramref name="start"/> on, in order: they are the caller's from now on.</summary>
    public void Take(int start, Span<int> to)
    {
        Numbers[start..].CopyTo(to);
        Count = start;
    }

    /// <summary>They are the caller's from now on.</summary>
    public void Forget() => Count = 0;

    /// <summary>Closes the first one and moves the others down.</summary>
    public void CloseFirst()
    {
        Close(_numbers[0]);
        _numbers.AsSpan(1, --Count).CopyTo(_numbers);
    }

    /// <summary>Closes them all.</summary>
    public void Clear()
    {
        foreach (int number in Numbers)
        {
            Close(number);
        }

        Count = 0;
    }

    /// <summary>close(2). An error says nothing that could be acted upon: the number is free all the same.</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Gives a descriptor a number of at least <paramref name="lowest"/> (fcntl(2), F_DUPFD_CLOEXEC); where there is no room for that it keeps its own.</summary>
    public static int Raise(int descriptor, int lowest)
    {
        int raised = fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
        if (raised < 0)
        {
            return descriptor;
        }

        Close(descriptor);
        return raised;
    }

    /// <summary>Another number for the same thing (fcntl(2), F_DUPFD_CLOEXEC); -1 when there is none left.</summary>
    public static int Duplicate(int descriptor) => fcntl(descriptor, F_DUPFD_CLOEXEC, 0);

    /// <summary>Where a packet's are put: it cannot bring more.</summary>
    internal Span<int> Room => _numbers;

    internal void Added(int count) => Count = count;

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int op, int arg);
}
