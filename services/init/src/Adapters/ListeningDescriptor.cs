using System.Runtime.InteropServices;

namespace PvExec.Init.Adapters;

/// <param name="Name">For LISTEN_FDNAMES.</param>
internal sealed record ListeningDescriptor(string Name, SafeHandle Handle);
