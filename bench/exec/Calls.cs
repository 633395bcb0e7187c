using System.Globalization;

namespace PvExec.Bench.Exec;

/// <summary>One script, started so often by several callers at a time: by a program that prints what it measured.</summary>
/// <param name="Who">What it is called in the results.</param>
/// <param name="Program">The program.</param>
/// <param name="Before">Its arguments before the number of callers.</param>
internal sealed record Calls(string Who, string Program, string[] Before)
{
    public Figures Figures { get; } = new();

    /// <param name="script">The last argument: a script, or what names it.</param>
    public async Task MeasureAsync(int callers, int runs, string script)
    {
        string output = await Command.OutputAsync(Program, [.. Before, $"{callers}", $"{runs}", script]);
        double[] numbers = [.. output.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        Figures.Add(numbers[0], numbers[1], numbers[2]);
    }
}
