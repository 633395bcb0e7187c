using System.Collections.Frozen;
using System.Globalization;

namespace PvExec.Kernel.Configuration;

/// <summary>What <c>pv_exec daemon</c> was asked to do. pv-init passes the same words on to every service.</summary>
public sealed partial record DaemonOptions
{
    /// <summary>The main process when a command is given and no name for it.</summary>
    public const string DefaultMain = ProcessPrefix + "main";

    /// <summary>The longest name of a process, in characters.</summary>
    public const int MaxProcessName = 255;

    private const string TaskPrefix = "task:", ProcessPrefix = "process:";

    /// <summary>An IPv4 or IPv6 address, or <c>localhost</c>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>1 to 65535; 0 takes a free one and prints it.</summary>
    public int Port { get; init; } = 50000;

    public string RuntimeDir { get; init; } = RuntimePaths.Default;

    /// <summary>In the order of look-up.</summary>
    public IReadOnlyList<string> ConfigRoots { get; init; } = [];

    /// <summary>Null: there is no worktree, and its calls answer FAILED_PRECONDITION.</summary>
    public string? MountPoint { get; init; }

    public string? Worktree { get; init; }

    public string? SourceWorktree { get; init; }

    public WorktreeMode WorktreeMode { get; init; } = WorktreeMode.Auto;

    /// <summary>The store's URL.</summary>
    public string? Store { get; init; }

    /// <summary>Zero: only asked-for saves and the final one. Else 1 second to 30 days, which every timer can wait.</summary>
    public TimeSpan AutosaveInterval { get; init; } = TimeSpan.Zero;

    public IReadOnlyList<string> SaveScopes { get; init; } = ["src", "dep"];

    /// <summary>Whether the managed processes stand still while a save captures the tree.</summary>
    public bool SaveFreeze { get; init; }

    /// <summary>Ten seconds is what container engines wait before they kill.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a service may be silent (WATCHDOG=1 of sd_notify(3)) before it is killed; zero: for ever.</summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a service may take to be ready (READY=1 of sd_notify(3)) before it is ended and started again; zero: for ever.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How often in a row a service may end soon before it is given up; 0: without end.</summary>
    public int RestartLimit { get; init; } = 10;

    /// <summary>Names of services without which the whole system stops once they are given up.</summary>
    public IReadOnlyList<string> ExitOnFailed { get; init; } = [];

    /// <summary>Whose end is the end of everything, as <c>task:NAME</c> or <c>process:NAME</c>; null for nothing.</summary>
    public string? Main { get; init; }

    /// <summary>What is behind <c>--</c>: the command of the main process. Empty: somebody configures it.</summary>
    public IReadOnlyList<string> MainCommand { get; init; } = [];

    /// <summary>The task that <see cref="Main"/> names: it is started when all is ready.</summary>
    public string? MainTask => MainAfter(TaskPrefix);

    /// <summary>The process that <see cref="Main"/> names.</summary>
    public string? MainProcess => MainAfter(ProcessPrefix);

    /// <summary>pv-init spawns and reaps only; somebody else runs the services.</summary>
    public bool ExternalServices { get; init; }

    /// <summary>How many exits pv-init keeps that no service has acknowledged.</summary>
    public int KeptExits { get; init; } = 65_536;

    /// <summary>How much of the beginning of each output stream of a task is kept, in bytes, at most <see cref="MaxOutputBytes"/>.</summary>
    public long OutputHead { get; init; } = 1 << 20;

    /// <summary>How much of the end, as <see cref="OutputHead"/>.</summary>
    public long OutputTail { get; init; } = 1 << 20;

    /// <summary>Where output is kept that a caller wants on disk; looked at when the first such run is started.</summary>
    public string OutputDir { get; init; } = "/var/tmp";

    /// <summary>The largest value of <see cref="OutputHead"/> and of <see cref="OutputTail"/>: each run may keep as much in memory, of each stream.</summary>
    public const long MaxOutputBytes = 8 << 20;

    /// <summary>Whether any of the blob store's flags has a value; there is no such store yet.</summary>
    public bool AsksForBlobStore { get; init; }

    /// <summary>
    /// The variable by which pv-init tells its services which of the words that it passes on come from variables, by their flags'
    /// names: what a service refuses is then called what the user called it.
    /// </summary>
    public const string GivenByVariables = "PV_EXEC_GIVEN_BY_VARIABLES";

    /// <summary>The value of <see cref="GivenByVariables"/> for the services.</summary>
    public string NamesGivenByVariables => string.Join(':', FromVariables.Select(flag => flag.Name));

    /// <summary>The flags whose value is that of their variable.</summary>
    private IReadOnlySet<DaemonFlag> FromVariables { get; init; } = FrozenSet<DaemonFlag>.Empty;

    public RuntimePaths Paths => new(RuntimeDir);

    /// <summary>What a value was given with, to be named when it is wrong: <c>-stop-timeout</c>, or <c>PV_EXEC_STOP_TIMEOUT</c>.</summary>
    public string Given(DaemonFlag flag) => GivenName(flag, FromVariables);

    /// <summary>Reads options; every word that is no valid value is in <paramref name="problems"/>.</summary>
    public static DaemonOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> variable, out IReadOnlyList<string> problems)
    {
        FlagValues values = FlagValues.Parse(arguments, variable);
        var wrong = new List<string>(values.Problems);
        var defaults = new DaemonOptions();
        var options = new DaemonOptions
        {
            Host = Text(DaemonFlags.Host) ?? defaults.Host,
            Port = (int)Number(DaemonFlags.Port, defaults.Port, 65535, wholeOnly: true),
            RuntimeDir = Text(DaemonFlags.RuntimeDir) ?? defaults.RuntimeDir,
            ConfigRoots = values.All(DaemonFlags.ConfigRoot),
            MountPoint = Text(DaemonFlags.MountPoint),
            Worktree = Text(DaemonFlags.Worktree),
            SourceWorktree = Text(DaemonFlags.SourceWorktree),
            WorktreeMode = Mode(),
            Store = Text(DaemonFlags.Store),
            AutosaveInterval = TimeSpan.FromSeconds(Number(DaemonFlags.AutosaveInterval, 0, 30 * 86400, least: 1)),
            SaveScopes = values.All(DaemonFlags.SaveScope) is { Count: > 0 } scopes ? scopes : defaults.SaveScopes,
            SaveFreeze = Switch(DaemonFlags.SaveFreeze),
            StopTimeout = TimeSpan.FromSeconds(Number(DaemonFlags.StopTimeout, defaults.StopTimeout.TotalSeconds, 86400)),
            Watchdog = TimeSpan.FromSeconds(Number(DaemonFlags.Watchdog, defaults.Watchdog.TotalSeconds, 86400, least: 1)),
            StartTimeout = TimeSpan.FromSeconds(Number(DaemonFlags.StartTimeout, defaults.StartTimeout.TotalSeconds, 86400, least: 1)),
            RestartLimit = (int)Number(DaemonFlags.RestartLimit, defaults.RestartLimit, 1_000_000, wholeOnly: true),
            ExitOnFailed = values.All(DaemonFlags.ExitOnFailed),
            Main = Text(DaemonFlags.Main) ?? (values.Command.Count > 0 ? DefaultMain : null),
            MainCommand = values.Command,
            ExternalServices = Switch(DaemonFlags.ExternalServices),
            KeptExits = (int)Number(DaemonFlags.KeptExits, defaults.KeptExits, 1_000_000, wholeOnly: true),
            OutputHead = Size(DaemonFlags.OutputHead, defaults.OutputHead),
            OutputTail = Size(DaemonFlags.OutputTail, defaults.OutputTail),
            OutputDir = Text(DaemonFlags.OutputDir) ?? defaults.OutputDir,
            FromVariables = values.FromVariables,
            AsksForBlobStore = new[] { DaemonFlags.AccountName, DaemonFlags.AccountKey, DaemonFlags.Container }.Any(flag => Text(flag) is not null),
        };
        problems = wrong;
        return options;

        string Name(DaemonFlag flag) => GivenName(flag, values.FromVariables);

        string? Text(DaemonFlag flag) => values.TryGet(flag, out string? value) ? value : null;

        double Number(DaemonFlag flag, double otherwise, double most, bool wholeOnly = false, double least = 0)
        {
            if (Text(flag) is not { } text)
            {
                return otherwise;
            }

            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && (number == 0 || number >= least) && number <= most && (!wholeOnly || number == Math.Floor(number)))
            {
                return number;
            }

            wrong.Add($"{Name(flag)} '{text}' is not a{(wholeOnly ? " whole" : "")} number {(least == 0 ? "" : "that is 0 or ")}from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}");
            return otherwise;
        }

        long Size(DaemonFlag flag, long otherwise)
        {
            if (Text(flag) is not { } text)
            {
                return otherwise;
            }

            if (ByteSize.Parse(text) is { } bytes and <= MaxOutputBytes)
            {
                return bytes;
            }

            wrong.Add($"{Name(flag)} '{text}' is not a size from 0 to {ByteSize.Text(MaxOutputBytes)}, such as 64KiB");
            return otherwise;
        }

        bool Switch(DaemonFlag flag)
        {
            if (Text(flag) is { } text and not ("true" or "false"))
            {
                wrong.Add($"{Name(flag)} '{text}' is none of true, false");
            }

            return Text(flag) == "true";
        }

        WorktreeMode Mode()
        {
            switch (Text(DaemonFlags.WorktreeMode))
            {
                case null or "auto": return WorktreeMode.Auto;
                case "memory": return WorktreeMode.Memory;
                case "directory": return WorktreeMode.Directory;
                case var other:
                    wrong.Add($"{Name(DaemonFlags.WorktreeMode)} '{other}' is none of auto, memory, directory");
                    return WorktreeMode.Auto;
            }
        }
    }

    private static string GivenName(DaemonFlag flag, IReadOnlySet<DaemonFlag> fromVariables) => fromVariables.Contains(flag) ? flag.Variable : "-" + flag.Name;

    private string? MainAfter(string prefix) => Main is not null && Main.StartsWith(prefix, StringComparison.Ordinal) ? Main[prefix.Length..] : null;
}
