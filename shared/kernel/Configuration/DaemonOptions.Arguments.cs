using System.Globalization;

namespace PvExec.Kernel.Configuration;

/// <summary>Back to words.</summary>
public sealed partial record DaemonOptions
{
    /// <summary>The words from which <see cref="Parse"/> makes these options again, for the services' argument vectors.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        var words = new List<string>();
        Add(DaemonFlags.Host, Host);
        Add(DaemonFlags.Port, Port.ToString(CultureInfo.InvariantCulture));
        Add(DaemonFlags.RuntimeDir, RuntimeDir);
        foreach (string root in ConfigRoots)
        {
            Add(DaemonFlags.ConfigRoot, root);
        }

        Add(DaemonFlags.MountPoint, MountPoint);
        Add(DaemonFlags.Worktree, Worktree);
        Add(DaemonFlags.SourceWorktree, SourceWorktree);
        Add(DaemonFlags.WorktreeMode, WorktreeMode.ToString().ToLowerInvariant());
        Add(DaemonFlags.Store, Store);
        Add(DaemonFlags.AutosaveInterval, Seconds(AutosaveInterval));
        foreach (string scope in SaveScopes)
        {
            Add(DaemonFlags.SaveScope, scope);
        }

        Add(DaemonFlags.SaveFreeze, SaveFreeze ? "true" : "false");
        Add(DaemonFlags.StopTimeout, Seconds(StopTimeout));
        Add(DaemonFlags.Watchdog, Seconds(Watchdog));
        Add(DaemonFlags.StartTimeout, Seconds(StartTimeout));
        Add(DaemonFlags.RestartLimit, RestartLimit.ToString(CultureInfo.InvariantCulture));
        foreach (string name in ExitOnFailed)
        {
            Add(DaemonFlags.ExitOnFailed, name);
        }

        Add(DaemonFlags.Main, Main);
        Add(DaemonFlags.ExternalServices, ExternalServices ? "true" : "false");
        Add(DaemonFlags.KeptExits, KeptExits.ToString(CultureInfo.InvariantCulture));
        Add(DaemonFlags.OutputHead, ByteSize.Text(OutputHead));
        Add(DaemonFlags.OutputTail, ByteSize.Text(OutputTail));
        Add(DaemonFlags.OutputDir, OutputDir);
        if (MainCommand.Count > 0)
        {
            words.AddRange([FlagValues.CommandFollows, .. MainCommand]);
        }

        return words;

        void Add(DaemonFlag flag, string? value)
        {
            if (value is not null)
            {
                words.AddRange(flag.Words(value));
            }
        }

        static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture);
    }
}
