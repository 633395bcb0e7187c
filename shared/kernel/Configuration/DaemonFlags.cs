namespace PvExec.Kernel.Configuration;

/// <summary>The flags of <c>pv_exec daemon</c>: the one list that pv-init, the services and the help text read.</summary>
public static class DaemonFlags
{
    public static readonly DaemonFlag Host = new("host", "ADDRESS", "address of the front port (default 127.0.0.1)");
    public static readonly DaemonFlag Port = new("p", "PORT", "the front port; 0 takes a free one (default 50000)");
    public static readonly DaemonFlag RuntimeDir = new("runtime-dir", "DIR", $"sockets and state (default {RuntimePaths.Default})");
    public static readonly DaemonFlag ConfigRoot = new("exec-config-root", "DIR", "where task directories are looked up; at least one, the first match wins", Repeatable: true);
    public static readonly DaemonFlag MountPoint = new("mount-point", "DIR", "where the worktree is");
    public static readonly DaemonFlag Worktree = new("worktree", "ID", "what is saved to");
    public static readonly DaemonFlag SourceWorktree = new("source-worktree", "ID", "start from that worktree's latest snapshot; else empty");
    public static readonly DaemonFlag WorktreeMode = new("worktree-mode", "MODE", "auto, memory or directory (default auto)");
    public static readonly DaemonFlag Store = new("store", "URL", "where snapshots are kept: file:///directory");
    public static readonly DaemonFlag AutosaveInterval = new("autosave-interval", "SECONDS", "time between saves; 0 for none (default 0)");
    public static readonly DaemonFlag SaveScope = new("save-scope", "SCOPE", "read-locked while a save captures the tree (default src and dep)", Repeatable: true);
    public static readonly DaemonFlag SaveFreeze = new("save-freeze", "[true|false]", "processes stand still while a save captures the tree (default false)", Switch: true);
    public static readonly DaemonFlag StopTimeout = new("stop-timeout", "SECONDS", "bound of a whole stop, the final save included (default 10)");
    public static readonly DaemonFlag Watchdog = new("watchdog", "SECONDS", "a service that is silent for so long is killed and started again; 0 for never (default 30)");
    public static readonly DaemonFlag StartTimeout = new("start-timeout", "SECONDS", "a service that is not ready after so long is ended and started again; 0 for never (default 90)");
    public static readonly DaemonFlag RestartLimit = new("restart-limit", "COUNT", "a service that ends so often in a row is given up; 0 for never (default 10)");
    public static readonly DaemonFlag ExitOnFailed = new("exit-on-failed", "NAME", "stop everything when that service is given up", Repeatable: true);
    public static readonly DaemonFlag Main = new("main", "task:NAME|process:NAME", "end with its exit code when it ends; a task is started when all is ready, and so is a process whose command follows behind --");
    public static readonly DaemonFlag ExternalServices = new("external-services", "[true|false]", "start no services: systemd, or another supervisor, runs them (default false)", Switch: true);
    public static readonly DaemonFlag KeptExits = new("kept-exits", "NUMBER", "exits kept until their service has dealt with them; beyond that the oldest is dropped (default 65536)");
    public static readonly DaemonFlag OutputHead = new("output-head", "SIZE", "how much of the beginning of each output stream of a task is kept, such as 64KiB (default 1MiB)");
    public static readonly DaemonFlag OutputTail = new("output-tail", "SIZE", "how much of the end of each output stream of a task is kept (default 1MiB)");
    public static readonly DaemonFlag OutputDir = new("output-dir", "DIR", "where output is kept that a caller wants on disk (default /var/tmp)");
    public static readonly DaemonFlag AccountName = new("account-name", "NAME", "blob store account");
    public static readonly DaemonFlag AccountKey = new("account-key", "KEY", "blob store key; prefer PV_EXEC_ACCOUNT_KEY", Secret: true);
    public static readonly DaemonFlag Container = new("container", "NAME", "blob store container");

    public static readonly IReadOnlyList<DaemonFlag> All =
    [
        Host, Port, RuntimeDir, ConfigRoot, MountPoint, Worktree, SourceWorktree, WorktreeMode, Store,
        AutosaveInterval, SaveScope, SaveFreeze, StopTimeout, Watchdog, StartTimeout, RestartLimit, KeptExits, ExitOnFailed, Main, ExternalServices,
        OutputHead, OutputTail, OutputDir, AccountName, AccountKey, Container,
    ];

    public static DaemonFlag? Find(string name)
    {
        foreach (DaemonFlag flag in All)
        {
            if (flag.Name == name)
            {
                return flag;
            }
        }

        return null;
    }
}
