namespace PvExec.Exec.Core.Scopes;

/// <param name="IsTask">Whether it is for the runs of a task; else for a scope.</param>
/// <param name="Name">The task's directory, or the scope.</param>
internal readonly record struct LockKey(bool IsTask, string Name);
