using System.Runtime.InteropServices;

namespace PvExec.Init.Native;

/// <summary><c>struct limit</c> of pv_spawn.h: one call of setrlimit(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SpawnLimit
{
    public int Resource;
    public int Unused;
    public ulong Soft, Hard;
}
