using System.Diagnostics;
using System.Globalization;

namespace PvExec.Bench;

/// <summary>Programs that run to their end.</summary>
public static class Command
{
    /// <summary>Runs a program that prints a number.</summary>
    public static async Task<double> NumberAsync(string program, params string[] arguments) =>
        double.Parse(await OutputAsync(program, arguments), CultureInfo.InvariantCulture);

    /// <summary>What a program prints.</summary>
    /// <exception cref="InvalidOperationException">It did not exit with 0.</exception>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"'{program}' exited with {process.ExitCode}");
    }
}
