using System.Runtime.InteropServices;

namespace PvExec.Init.Native;

/// <summary>pv_spawn.c and pv_signals.c, linked into the Native AOT binary. It is not there when the program runs under the JIT.</summary>
internal static unsafe partial class Shim
{
    /// <summary>Starts a process.</summary>
    /// <returns>Its pid, or -1 with <see cref="SpawnRequest.Stage"/> and <see cref="SpawnRequest.Error"/> set.</returns>
    [LibraryImport("pv_spawn")]
    public static partial int pv_spawn(SpawnRequest* request);

    /// <summary>Has a signal's number written to a descriptor.</summary>
    /// <returns>0, or the errno.</returns>
    [LibraryImport("pv_spawn")]
    public static partial int pv_catch_signal(int number, int descriptor);

    /// <summary>Opens a descriptor that is readable when SIGCHLD came (signalfd(2)).</summary>
    /// <returns>It, or the negative errno.</returns>
    [LibraryImport("pv_spawn")]
    public static partial int pv_open_child_signal();
}
