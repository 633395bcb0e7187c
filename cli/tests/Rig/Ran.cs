using System.Text;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Tests.Rig;

/// <summary>One run of the command in this process.</summary>
internal sealed class Ran
{
    public int Code { get; private set; }

    public byte[] Output => OutputStream.Written;

    public string Text => Encoding.UTF8.GetString(Output);

    public string Error => Encoding.UTF8.GetString(ErrorStream.Written);

    public WatchedStream OutputStream { get; } = new();

    public WatchedStream ErrorStream { get; } = new();

    /// <summary>Set when nobody reads the output any more.</summary>
    public TaskCompletionSource Unread { get; } = new();

    public FakeSignals Signals { get; } = new();

    public FakeTerminal Terminal { get; init; } = new();

    public bool IsOutTerminal { get; init; }

    public Stream Input { get; init; } = Stream.Null;

    /// <summary>How long a daemon may be away; none unless a test says so.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.Zero;

    /// <summary>How long the end of input is waited for.</summary>
    public TimeSpan InputPatience { get; init; } = TimeSpan.FromMinutes(1);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>What pv-init would have been started with; null when it was not.</summary>
    public IReadOnlyList<string>? InitArguments { get; private set; }

    /// <summary>Which runtime directory was asked.</summary>
    public string? AskedDirectory { get; private set; }

    /// <summary>Which services were to be restarted, in order.</summary>
    public List<string> Restarted { get; } = [];

    public static Task<Ran> CommandAsync(params string[] words) => WithAsync(words);

    public static async Task<Ran> WithAsync(string[] words, byte[]? input = null, Dictionary<string, string>? variables = null)
    {
        var ran = new Ran { Input = new MemoryStream(input ?? []), Variables = variables ?? [] };
        await ran.RunAsync(words);
        return ran;
    }

    /// <summary>Runs it, with what the properties say.</summary>
    public async Task RunAsync(params string[] words)
    {
        var utf8 = new UTF8Encoding(false);
        Code = await CommandLine.RunAsync(words, new Surroundings
        {
            Input = Input,
            Output = OutputStream,
            Out = new StreamWriter(OutputStream, utf8) { AutoFlush = true, NewLine = "\n" },
            ErrorOutput = ErrorStream,
            Error = new StreamWriter(ErrorStream, utf8) { AutoFlush = true, NewLine = "\n" },
            OutputUnread = () => Unread.Task,
            Terminal = Terminal,
            TakeSignals = () => Signals,
            IsOutTerminal = IsOutTerminal,
            Clock = Clock,
            Patience = Patience,
            InputPatience = InputPatience,
            Variable = name => Variables.GetValueOrDefault(name),
            WorkingDirectory = "/here",
            BecomeInit = arguments =>
            {
                InitArguments = arguments;
                return new Fault(FaultKind.Internal, "cannot run pv-init");
            },
            ListServices = paths =>
            {
                AskedDirectory = paths.Root;
                return new List<ServiceRow> { new("exec", 42, "ready", 1, 65, 9 * 1024 * 1024, "") };
            },
            RestartService = (paths, service) =>
            {
                AskedDirectory = paths.Root;
                Restarted.Add(service);
                return service == "process" && Variables.ContainsKey("FAIL")
                    ? new Fault(FaultKind.Internal, "the new instance of process ended")
                    : Unit.Value;
            },
        });
    }
}
