using System.Text;
using PvExec.Cli.Adapters;
using PvExec.Cli.Output;
using PvExec.InitClient;
using PvExec.Kernel;

namespace PvExec.Cli;

/// <summary>What a command touches outside itself; tests put their own in place.</summary>
public sealed record Surroundings
{
    public required Stream Input { get; init; }

    /// <summary>Raw bytes; <see cref="Out"/> writes text to it.</summary>
    public required Stream Output { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Looks an environment variable up.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>An absolute path.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Puts pv-init, with these arguments, in the place of this process; comes back only with a reason why not.</summary>
    public required Func<IReadOnlyList<string>, Fault> BecomeInit { get; init; }

    /// <summary>Asks the pv-init of a runtime directory how its services are.</summary>
    public required Func<RuntimePaths, Outcome<IReadOnlyList<ServiceRow>>> ListServices { get; init; }

    /// <summary>Has the pv-init of a runtime directory put a new instance of a service in the place of the one that runs; returns when it is ready.</summary>
    public required Func<RuntimePaths, string, Outcome<Unit>> RestartService { get; init; }

    public static Surroundings OfThisProcess()
    {
        Stream output = Console.OpenStandardOutput();
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Surroundings
        {
            Input = Console.OpenStandardInput(),
            Output = output,
            Out = new StreamWriter(output, utf8) { AutoFlush = true },
            Error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true },
            Variable = Environment.GetEnvironmentVariable,
            WorkingDirectory = Environment.CurrentDirectory,
            BecomeInit = InitProgram.Become,
            ListServices = RunningInit.ListServices,
            RestartService = InitRestart.Restart,
        };
    }
}
