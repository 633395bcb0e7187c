using System.Globalization;
using System.Text;

namespace PvExec.Bench.Bus;

/// <summary>A result line for every measure (bench/README.md), and the same as JSON.</summary>
internal sealed class Report
{
    private readonly List<string> _json = [];

    /// <param name="ratio">This divided by the same measure of <paramref name="alternative"/>, if there is one.</param>
    public void Add(string name, double value, string unit, double ratio = 1, string? alternative = null)
    {
        string beside = alternative is null ? "-\t-\t-" : string.Create(CultureInfo.InvariantCulture, $"{alternative}\t-\t{ratio:0.00}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measure\t{name}\t{value:0.###} {unit}\t{beside}\t-"));
        var json = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{{\"name\":\"{name}\",\"value\":{value:0.###},\"unit\":\"{unit}\""));
        if (alternative is not null)
        {
            json.Append(CultureInfo.InvariantCulture, $",\"ratio\":{ratio:0.###},\"of\":\"{alternative}\"");
        }

        _json.Add(json.Append('}').ToString());
    }

    public void WriteTo(string path) => File.WriteAllText(path, $"[\n{string.Join(",\n", _json)}\n]\n");
}
