using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Core;

/// <summary>Whom a run waits for, in words.</summary>
public static class WaitText
{
    private const int MostNamed = 3;

    /// <summary>
    /// Such as <c>src (common/build 01JD… writes it, for 12s)</c>, where one scope lies in the other <c>src/app (common/build 01JD… writes src, for 12s)</c>,
    /// or <c>max_concurrent of common/build (01JD… runs, for 12s)</c>.
    /// </summary>
    public static string Of(IReadOnlyList<ScopeUser> users, DateTimeOffset now)
    {
        string named = string.Join(", ", users.Take(MostNamed).Select(user => One(user, now)));
        return users.Count > MostNamed ? $"{named} and {users.Count - MostNamed} more" : named;
    }

    /// <summary>What the one who waits asks for, and what the other one has or asks for.</summary>
    public static (string Wanted, string Used) ScopesOf(ScopeUser user) =>
        (user.Wanted.Length > 0 ? user.Wanted : user.Scope, user.Used.Length > 0 ? user.Used : user.Scope);

    private static string One(ScopeUser user, DateTimeOffset now)
    {
        string who = user.Reason.Length == 0 || user.Reason == user.Holder ? user.Holder : $"{user.Reason} {user.Holder}";
        string time = user.Since is { } since ? $", for {Text.Elapsed(Math.Max(0, (now - since.ToDateTimeOffset()).TotalSeconds))}" : "";
        if (user.IsMaxConcurrent)
        {
            return Text.Plain($"max_concurrent of {user.Reason} ({user.Holder} {(user.Holds ? "runs" : "waits longer")}{time})");
        }

        (string wanted, string used) = ScopesOf(user);
        string it = wanted == used ? "it" : used;
        string what = (user.Holds, user.Writes) switch
        {
            (true, true) => $"writes {it}",
            (true, false) => $"reads {it}",
            (false, true) => $"waits longer to write {it}",
            (false, false) => $"waits longer to read {it}",
        };
        return Text.Plain($"{wanted} ({who} {what}{time})");
    }
}
