namespace PvExec.IntegrationTests.Rig;

/// <summary>Where things are in the containers.</summary>
public static class Paths
{
    /// <summary>The tests' own tasks, looked up before those of the image.</summary>
    public const string OwnTasks = "/srv/tasks";

    /// <summary>The tasks that come with the image.</summary>
    public const string Tasks = "/usr/share/pv-exec/tasks";

    public const string Store = "/srv/store";
    public const string Worktree = "/srv/worktree";
    public const string Runtime = "/run/pv-exec";

    /// <summary>The JavaScript project and the packages it needs.</summary>
    public const string NpmProject = "/opt/npm";

    /// <summary>The client made by Python's stock generator.</summary>
    public const string Client = "/opt/client";
}
