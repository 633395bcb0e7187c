using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>Who holds a scope or waits for it, as it is printed.</summary>
/// <param name="Holder">A run's id, or the name of a service or a client.</param>
/// <param name="Reason">A task's name, or what for.</param>
/// <param name="Access"><c>read</c> or <c>write</c>.</param>
/// <param name="Since">When it was granted, or asked for.</param>
public sealed record ScopeUserRow(string Holder, string Reason, string Access, DateTimeOffset Since, double Seconds)
{
    public static ScopeUserRow From(ScopeUser user, DateTimeOffset now)
    {
        DateTimeOffset since = user.Since?.ToDateTimeOffset() ?? now;

        // The daemon's clock may be another one.
        return new ScopeUserRow(user.Holder, user.Reason, user.Writes ? "write" : "read", since, Math.Max(0, Math.Round((now - since).TotalSeconds, 3)));
    }
}
