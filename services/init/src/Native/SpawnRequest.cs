using System.Runtime.InteropServices;

namespace PvExec.Init.Native;

/// <summary><c>struct request</c> of pv_spawn.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SpawnRequest
{
    public byte** Candidates;
    public byte** Arguments;
    public byte** Environment;
    public byte* Directory;
    public int* Sources;
    public int* Targets;
    public byte* ListenPid;
    public uint* Groups;
    public SpawnLimit* Limits;
    public int MappingCount, GroupCount, LimitCount;
    public int Grouping;
    public int Terminal;
    public SpawnSet Set;
    public uint Umask;
    public int Nice, OomScore;
    public uint Uid, Gid;
    public int Cgroup;
    public int WantsPidFd;
    public int PidFd;
    public int Stage, Error;
}
