using System.Globalization;
using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints who holds scopes and who waits for them, for people or for programs.</summary>
internal static class ScopePrinter
{
    /// <summary>Cursor to the top left, and everything behind it erased: ECMA-48 8.3.21 and 8.3.39.</summary>
    private const string Home = "\x1b[H\x1b[J";

    public static void Print(IReadOnlyList<ScopeRow> scopes, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new ScopesRow(scopes), Json.Default.ScopesRow));
            return;
        }

        var table = new Table("SCOPE", "STATE", "ACCESS", "REASON", "HOLDER", "FOR");
        foreach (ScopeRow scope in scopes)
        {
            Add(table, scope.Scope, "holds", scope.Holders, scope.HolderCount);
            Add(table, scope.Scope, "waits", scope.Waiters, scope.WaiterCount);
        }

        table.Write(output);
    }

    /// <summary>In the place of what a terminal shows, in one piece so that it does not flicker.</summary>
    public static void Draw(IReadOnlyList<ScopeRow> scopes, DateTimeOffset now, TextWriter output)
    {
        using var screen = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        screen.Write(Home);
        screen.WriteLine($"{Text.Time(now)}  {scopes.Count} {(scopes.Count == 1 ? "scope" : "scopes")} in use (Ctrl-C ends)");
        screen.WriteLine();
        Print(scopes, json: false, screen);
        output.Write(screen.ToString());
    }

    /// <summary>A scope that has changed, as a line.</summary>
    public static void PrintChange(ScopeRow scope, DateTimeOffset now, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(scope, ScopeLineJson.Default.ScopeRow));
            return;
        }

        string[] users =
        [
            .. scope.Holders.Select(user => Words(user, user.Access + "s")),
            .. More(scope.HolderCount, scope.Holders, "hold it"),
            .. scope.Waiters.Select(user => Words(user, "waits to " + user.Access)),
            .. More(scope.WaiterCount, scope.Waiters, "wait"),
        ];
        output.WriteLine($"{Text.Time(now)}  {Text.Plain(scope.Scope)}  {(users.Length == 0 ? "free" : string.Join("; ", users))}");

        static string Words(ScopeUserRow user, string does) => $"{Text.Plain(user.Reason)} ({Text.Plain(user.Holder)}) {does}";

        static string[] More(uint count, IReadOnlyList<ScopeUserRow> listed, string does) =>
            count > listed.Count ? [$"{count - listed.Count} more {does}"] : [];
    }

    private static void Add(Table table, string scope, string state, IReadOnlyList<ScopeUserRow> users, uint count)
    {
        foreach (ScopeUserRow user in users)
        {
            table.Add(Text.Plain(scope), state, user.Access, Text.Plain(user.Reason), Text.Plain(user.Holder), Text.Elapsed(user.Seconds));
        }

        if (count > users.Count)
        {
            table.Add(Text.Plain(scope), state, "", $"and {count - users.Count} more", "", "");
        }
    }
}
