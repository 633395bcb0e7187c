namespace PvExec.IntegrationTests.Rig;

/// <summary>What a command in a container printed, and how it ended.</summary>
public sealed record ShellResult(string Output, string Errors, long ExitCode)
{
    /// <summary>The lines of <see cref="Output"/>, without empty ones.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of <see cref="Errors"/>, without empty ones.</summary>
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The output without the last newline, of a command that must have succeeded.</summary>
    public string Text
    {
        get
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Errors}\n{Output}");
            return Output.TrimEnd('\n');
        }
    }
}
