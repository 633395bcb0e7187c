namespace PvExec.Init.Native;

/// <summary>Where a start failed; the numbers are those of pv_spawn.h.</summary>
internal enum SpawnStage
{
    None, Fork, Session, Descriptors, Terminal, Limits, Priority, OomScore, Groups, Group, User, NoNewPrivileges, Directory, Exec, Cgroup,
}

/// <summary>The words that clients are told.</summary>
internal static class SpawnStages
{
    public static string Name(this SpawnStage stage) => stage switch
    {
        SpawnStage.Fork => "fork",
        SpawnStage.Session => "setsid",
        SpawnStage.Descriptors => "descriptors",
        SpawnStage.Terminal => "terminal",
        SpawnStage.Limits => "setrlimit",
        SpawnStage.Priority => "setpriority",
        SpawnStage.OomScore => "oom_score_adj",
        SpawnStage.Groups => "setgroups",
        SpawnStage.Group => "setgid",
        SpawnStage.User => "setuid",
        SpawnStage.NoNewPrivileges => "no_new_privs",
        SpawnStage.Directory => "chdir",
        SpawnStage.Exec => "exec",
        SpawnStage.Cgroup => "cgroup",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };
}
