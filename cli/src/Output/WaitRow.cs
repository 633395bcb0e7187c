using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>Somebody whom a run waits for.</summary>
/// <param name="Holder">A run's id, or a service's name.</param>
/// <param name="Reason">A task's name, or what a service does.</param>
/// <param name="Scope">A task's directory where the task's max_concurrent is reached.</param>
/// <param name="Holds">The scope; else it waits for it longer.</param>
public sealed record WaitRow(string Scope, string Holder, string Reason, bool Holds, bool Writes, DateTimeOffset? Since, bool IsMaxConcurrent)
{
    public static WaitRow From(ScopeUser user) => new(user.Scope, user.Holder, user.Reason, user.Holds, user.Writes, user.Since?.ToDateTimeOffset(), user.IsMaxConcurrent);
}
