using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;

namespace PvExec.Hosting.Sockets;

/// <summary>
/// What came back from the descriptor store at the start: the descriptors passed beside the listening sockets, known by
/// the names that they were stored under (FDNAME of sd_pid_notify_with_fds(3)).
/// </summary>
internal static class StoredDescriptors
{
    private static readonly string[] ListeningSockets = ["front", "grpc", "bus", "events"];

    /// <param name="names">What LISTEN_FDNAMES holds, null when it is not set.</param>
    public static IReadOnlyList<KeptDescriptor> Take(string? names)
    {
        if (string.IsNullOrEmpty(names))
        {
            return [];
        }

        var stored = new List<KeptDescriptor>();
        string[] all = names.Split(':');
        for (int i = 0; i < all.Length; i++)
        {
            if (!ListeningSockets.Contains(all[i]))
            {
                stored.Add(new KeptDescriptor(all[i], new SafeFileHandle(InheritedSockets.First + i, ownsHandle: true)));
            }
        }

        return stored;
    }
}
