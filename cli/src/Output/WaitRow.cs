using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Output;

/// <summary>Somebody whom a run waits for.</summary>
/// <param name="Holder">A run's id, or a service's name.</param>
/// <param name="Reason">A task's name, or what a service does.</param>
/// <param name="Scope">At which the two meet. A task's directory where the task's max_concurrent is reached.</param>
/// <param name="Wanted">The scope that the run asks for: <paramref name="Scope"/>, or one that lies in it. Null at a max_concurrent.</param>
/// <param name="Used">The scope that the other one holds or asks for: <paramref name="Scope"/>, or one that lies in it. Null at a max_concurrent.</param>
/// <param name="Holds">The scope; else it waits for it longer.</param>
public sealed record WaitRow(string Scope, string Holder, string Reason, bool Holds, bool Writes, DateTimeOffset? Since, bool IsMaxConcurrent, string? Wanted, string? Used)
{
    public static WaitRow From(ScopeUser user)
    {
        (string wanted, string used) = WaitText.ScopesOf(user);
        return new WaitRow(
            user.Scope, user.Holder, user.Reason, user.Holds, user.Writes, user.Since?.ToDateTimeOffset(), user.IsMaxConcurrent,
            user.IsMaxConcurrent ? null : wanted, user.IsMaxConcurrent ? null : used);
    }
}
