namespace PvExec.Tasks.Core;

/// <summary>The files of a task's directory as they were read; null: not there.</summary>
/// <param name="Directory">An absolute path without symbolic links.</param>
public sealed record TaskSource(string Directory)
{
    public ProgramFile? Run { get; init; }

    public ProgramFile? Log { get; init; }

    public ProgramFile? Finish { get; init; }

    public SettingFile? InputScopes { get; init; }

    public SettingFile? OutputScopes { get; init; }

    public SettingFile? Timeout { get; init; }

    public SettingFile? TimeoutKill { get; init; }

    public SettingFile? TimeoutFinish { get; init; }

    public SettingFile? User { get; init; }

    public SettingFile? Description { get; init; }

    public SettingFile? MaxConcurrent { get; init; }

    /// <summary>What is in <c>env/</c>, in the order of the names.</summary>
    public IReadOnlyList<SettingFile> Environment { get; init; } = [];

    /// <summary>Who there is on this system; null when nobody asks.</summary>
    public Accounts? Accounts { get; init; }
}
