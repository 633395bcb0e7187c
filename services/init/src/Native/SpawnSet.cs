namespace PvExec.Init.Native;

/// <summary>Which optional fields of a <see cref="SpawnRequest"/> count; the numbers are those of pv_spawn.h.</summary>
[Flags]
internal enum SpawnSet : uint
{
    None = 0,
    Umask = 1,
    Nice = 2,
    OomScore = 4,
    Groups = 8,
    Gid = 16,
    Uid = 32,
    NoNewPrivileges = 64,
}
