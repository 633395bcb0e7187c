using System.Reflection;
using System.Text.RegularExpressions;
using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Tests.Messages;

/// <summary>docs/bus.md lists every message there is.</summary>
public sealed partial class TopicTableTests
{
    [Fact]
    public void The_table_in_docs_names_exactly_the_kinds_that_exist()
    {
        IEnumerable<string> kinds = Messages().Select(KindOf);
        IEnumerable<string> listed = File.ReadLines(Docs())
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value);
        Assert.Equal(kinds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_in_docs_has_the_fields_of_each_message_in_their_order()
    {
        Dictionary<string, string[]> listed = File.ReadLines(Docs())
            .Where(line => Row().IsMatch(line))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[4] == "none" ? [] : cells[4].Split(", ").Select(field => field.Split(' ')[0]).ToArray());
        Assert.All(Messages(), type =>
        {
            // The order of a record's parameters is the order on the wire.
            ConstructorInfo constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
            Assert.Equal(constructor.GetParameters().Select(parameter => parameter.Name), listed[KindOf(type)]);
        });
    }

    [Fact]
    public void The_kinds_of_fault_in_docs_are_those_that_travel()
    {
        string text = File.ReadAllText(Docs());
        Assert.All(Enum.GetNames<FaultKind>(), name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.DoesNotMatch("[A-Z]+_(ARGUMENT|FOUND|EXHAUSTED|PRECONDITION|EXCEEDED)", text);
    }

    private static IEnumerable<Type> Messages() => typeof(Envelope).Assembly.GetTypes()
        .Where(type => type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IBusMessage<>)));

    private static string KindOf(Type type) => (string)type.GetProperty("Kind", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    internal static string Docs()
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
