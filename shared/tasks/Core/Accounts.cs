using System.Globalization;
using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>The users and groups of this system (passwd(5), group(5)).</summary>
public sealed class Accounts
{
    /// <summary>(uid_t)-1 means "unchanged" to setresuid(2).</summary>
    private const uint NoId = uint.MaxValue;

    private readonly List<(string Name, uint Uid, uint Gid)> _users = [];
    private readonly List<(string Name, uint Gid, string[] Members)> _groups = [];

    /// <param name="passwd">The content of /etc/passwd. Lines that are none of its format are passed over.</param>
    /// <param name="group">That of /etc/group.</param>
    public static Accounts Parse(string passwd, string group)
    {
        var accounts = new Accounts();
        foreach (string[] fields in passwd.Split('\n').Select(line => line.Split(':')))
        {
            if (fields.Length >= 4 && Id(fields[2]) is { } uid && Id(fields[3]) is { } gid)
            {
                accounts._users.Add((fields[0], uid, gid));
            }
        }

        foreach (string[] fields in group.Split('\n').Select(line => line.Split(':')))
        {
            if (fields.Length >= 4 && Id(fields[2]) is { } gid)
            {
                accounts._groups.Add((fields[0], gid, fields[3].Trim().Split(',', StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        return accounts;
    }

    /// <summary>
    /// Whom a text names: <c>name</c> with all groups of the user; <c>name:group</c>, or <c>uid:gid</c> whether or not
    /// these are known, with that group alone. A number counts as one when no such name is known.
    /// </summary>
    /// <returns>The user, or what is wrong and what to do.</returns>
    public Outcome<TaskUser> Find(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2 || parts.Contains(""))
        {
            return Wrong($"{Quoted.Of(text)} is no user: write name, name:group or uid:gid");
        }

        var user = _users.Find(entry => entry.Name == parts[0]);
        user = user.Name is null && Id(parts[0]) is { } number ? _users.Find(entry => entry.Uid == number) : user;
        if (parts.Length == 1)
        {
            return user.Name is not null
                ? new TaskUser(text, user.Uid, user.Gid, GroupsOf(user.Name, user.Gid))
                : Wrong($"no user {Quoted.Of(text)} is in /etc/passwd: add the user, or write uid:gid");
        }

        if ((user.Name is null ? Id(parts[0]) : user.Uid) is not { } uid)
        {
            return Wrong($"no user {Quoted.Of(parts[0])} is in /etc/passwd: add the user, or write uid:gid");
        }

        var group = _groups.Find(entry => entry.Name == parts[1]);
        return (group.Name is null ? Id(parts[1]) : group.Gid) is { } gid
            ? new TaskUser(text, uid, gid, [])
            : Wrong($"no group {Quoted.Of(parts[1])} is in /etc/group: add the group, or write uid:gid");
    }

    private uint[] GroupsOf(string user, uint own) =>
        [.. _groups.Where(group => group.Gid != own && group.Members.Contains(user)).Select(group => group.Gid).Distinct().Order()];

    private static uint? Id(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != NoId ? id : null;

    private static Fault Wrong(string detail) => new(FaultKind.FailedPrecondition, detail);
}
