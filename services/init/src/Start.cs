using PvExec.Init.Adapters;
using PvExec.Kernel;

namespace PvExec.Init;

/// <summary>What <c>main</c> needs once.</summary>
internal static class Start
{
    /// <summary>Says every problem, one line each.</summary>
    public static int Refuse(IEnumerable<string> problems, int exitCode)
    {
        foreach (string problem in problems)
        {
            InitLog.Line(problem);
        }

        return exitCode;
    }

    public static int Refuse(Fault fault) => Refuse(
        [fault.Detail], fault.Kind is FaultKind.InvalidArgument or FaultKind.NotFound ? ExitCodes.Usage : ExitCodes.System);

    /// <summary>Removes the sockets. Failing to is said and changes nothing: the next start removes them too.</summary>
    public static void CleanUp(RuntimeDirectory directory)
    {
        try
        {
            directory.RemoveSockets();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            InitLog.SocketsLeft(directory.Paths.Root, e.Message);
        }
    }

    /// <summary>The first service's program that is not there, or null.</summary>
    public static string? MissingProgram(string directory) =>
        Services.All.Select(service => Path.Combine(directory, service.Program())).FirstOrDefault(program => !File.Exists(program));

    /// <summary>As bytes, since a variable need not be valid text; as of the start of the program (proc_pid_environ(5)).</summary>
    public static IReadOnlyList<byte[]> OwnEnvironment()
    {
        byte[] all = File.ReadAllBytes("/proc/self/environ");
        var variables = new List<byte[]>();
        foreach (Range range in all.AsSpan().Split((byte)0))
        {
            if (range.Start.Value != range.End.Value)
            {
                variables.Add(all[range]);
            }
        }

        return variables;
    }
}
