using System.Globalization;
using System.Text;

namespace PvExec.Bench.Bus;

/// <summary>A line for every measure, and the same as JSON.</summary>
internal sealed class Report
{
    private readonly List<string> _json = [];

    /// <param name="ratio">This divided by the same measure of <paramref name="alternative"/>, if there is one.</param>
    public void Add(string name, double value, string unit, double ratio = 1, string? alternative = null)
    {
        string beside = alternative is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({ratio:0.00} x of {alternative})");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.###} {unit}{beside}"));
        var json = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{{\"name\":\"{name}\",\"value\":{value:0.###},\"unit\":\"{unit}\""));
        if (alternative is not null)
        {
            json.Append(CultureInfo.InvariantCulture, $",\"ratio\":{ratio:0.###},\"of\":\"{alternative}\"");
        }

        _json.Add(json.Append('}').ToString());
    }

    public void WriteTo(string path) => File.WriteAllText(path, $"[\n{string.Join(",\n", _json)}\n]\n");
}
