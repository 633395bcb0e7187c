using System.Text;
using PvExec.Cli.Adapters;
using PvExec.Cli.Output;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Cli;

/// <summary>What a command touches outside itself; tests put their own in place.</summary>
public sealed record Surroundings
{
    public required Stream Input { get; init; }

    /// <summary>Raw bytes; <see cref="Out"/> writes text to it.</summary>
    public required Stream Output { get; init; }

    public required TextWriter Out { get; init; }

    /// <summary>Raw bytes; <see cref="Error"/> writes text to it.</summary>
    public required Stream ErrorOutput { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Out"/> is a terminal: a person reads it.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Completes when nobody reads <see cref="Output"/> any more.</summary>
    public required Func<Task> OutputUnread { get; init; }

    public required ITerminal Terminal { get; init; }

    /// <summary>Takes the caller's signals from then on.</summary>
    public required Func<ICallerSignals> TakeSignals { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long a daemon may be away from a run that is followed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long standard input that is no terminal is waited for to end, so that it can be sent with the start.</summary>
    public TimeSpan InputPatience { get; init; } = TimeSpan.FromMilliseconds(100);

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
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Surroundings
        {
            Input = new DescriptorStream(0),
            // Nothing goes through Console: it changes the settings of the terminal, and hides that nobody reads.
            Output = new DescriptorStream(1),
            Out = new StreamWriter(new TextOutput(1, dropsUnread: false), utf8) { AutoFlush = true },
            ErrorOutput = new DescriptorStream(2),
            Error = new StreamWriter(new TextOutput(2, dropsUnread: true), utf8) { AutoFlush = true },
            OutputUnread = OutputReader.GoneAsync,
            Terminal = new LocalTerminal(),
            TakeSignals = () => new ReceivedSignals(),
            IsOutTerminal = LocalTerminal.IsOutput,
            Variable = Environment.GetEnvironmentVariable,
            WorkingDirectory = Environment.CurrentDirectory,
            BecomeInit = InitProgram.Become,
            ListServices = RunningInit.ListServices,
            RestartService = InitRestart.Restart,
        };
    }
}
