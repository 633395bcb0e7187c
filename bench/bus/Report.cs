using System.Globalization;

namespace PvExec.Bench.Bus;

/// <summary>A result line for every measure (bench/README.md), and the same as JSON.</summary>
internal sealed class Report
{
    private readonly List<string> _json = [];

    /// <summary>A measure that nothing stands beside.</summary>
    public void Add(string name, double value, string unit, string target = "-")
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measure\t{name}\t{value:0.###} {unit}\t-\t-\t-\t{target}"));
        _json.Add(string.Create(CultureInfo.InvariantCulture, $"{{\"name\":\"{name}\",\"value\":{value:0.###},\"unit\":\"{unit}\"}}"));
    }

    /// <summary>Ours, and the same of an alternative in the same run; the ratio is ours divided by theirs.</summary>
    public void Compare(string name, double ours, string alternative, double theirs, string unit, string target)
    {
        double ratio = ours / theirs;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"measure\t{name}\t{ours:0.###} {unit}\t{alternative}\t{theirs:0.###} {unit}\t{ratio:0.00}\t{target}"));
        _json.Add(string.Create(
            CultureInfo.InvariantCulture, $"{{\"name\":\"{name}\",\"value\":{ours:0.###},\"unit\":\"{unit}\",\"of\":\"{alternative}\",\"their\":{theirs:0.###},\"ratio\":{ratio:0.###}}}"));
    }

    public void WriteTo(string path) => File.WriteAllText(path, $"[\n{string.Join(",\n", _json)}\n]\n");
}
