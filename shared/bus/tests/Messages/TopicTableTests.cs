using System.Reflection;
using System.Text.RegularExpressions;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Tests.Messages;

/// <summary>docs/bus.md lists every message there is.</summary>
public sealed partial class TopicTableTests
{
    [Fact]
    public void The_table_in_docs_names_exactly_the_kinds_that_exist()
    {
        IEnumerable<string> kinds = typeof(Envelope).Assembly.GetTypes()
            .Where(type => type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IBusMessage<>)))
            .Select(type => (string)type.GetProperty("Kind", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);
        IEnumerable<string> listed = File.ReadLines(Docs())
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value);
        Assert.Equal(kinds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string Docs()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "docs", "bus.md");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("docs/bus.md is in no folder above the tests");
    }

    [GeneratedRegex(@"^\| `([a-z.]+)` \|")]
    private static partial Regex Row();
}
