using System.Text;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Tests.Rig;

/// <summary>One run of the command in this process.</summary>
internal sealed class Ran
{
    private readonly MemoryStream _output = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public int Code { get; private set; }

    public byte[] Output => _output.ToArray();

    public string Text => Encoding.UTF8.GetString(Output);

    public string Error => _error.ToString();

    /// <summary>What pv-init would have been started with; null when it was not.</summary>
    public IReadOnlyList<string>? InitArguments { get; private set; }

    /// <summary>Which runtime directory was asked.</summary>
    public string? AskedDirectory { get; private set; }

    /// <summary>Which services were to be restarted, in order.</summary>
    public List<string> Restarted { get; } = [];

    public static Task<Ran> CommandAsync(params string[] words) => WithAsync(words);

    public static async Task<Ran> WithAsync(string[] words, byte[]? input = null, Dictionary<string, string>? variables = null)
    {
        var ran = new Ran();
        ran.Code = await CommandLine.RunAsync(words, new Surroundings
        {
            Input = new MemoryStream(input ?? []),
            Output = ran._output,
            Out = new StreamWriter(ran._output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
            Error = ran._error,
            Variable = name => variables?.GetValueOrDefault(name),
            WorkingDirectory = "/here",
            BecomeInit = arguments =>
            {
                ran.InitArguments = arguments;
                return new Fault(FaultKind.Internal, "cannot run pv-init");
            },
            ListServices = paths =>
            {
                ran.AskedDirectory = paths.Root;
                return new List<ServiceRow> { new("exec", 42, "ready", 1, 65, 9 * 1024 * 1024, "") };
            },
            RestartService = (paths, service) =>
            {
                ran.AskedDirectory = paths.Root;
                ran.Restarted.Add(service);
                return service == "process" && variables?.ContainsKey("FAIL") == true
                    ? new Fault(FaultKind.Internal, "the new instance of process ended")
                    : Unit.Value;
            },
        });
        return ran;
    }
}
