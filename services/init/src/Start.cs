using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;

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

    /// <summary>Takes what pv-init needs more of than its children, who get what it had before.</summary>
    public static ChildDefaults PrepareProcess()
    {
        // Every task costs pv-init the descriptors that are kept with it. Tasks get the limit as it was: select(2) fails above 1024.
        DescriptorLimit descriptors = DescriptorLimit.Raise();

        // A mark is a soft limit: it must be below the hard one.
        DescendantMark? mark = ProcessLimits.TryGetHard(DescendantMark.Resource) == ulong.MaxValue
            ? new DescendantMark(BitConverter.ToUInt32(Guid.NewGuid().ToByteArray())) // RandomNumberGenerator would load OpenSSL, 4 MB of memory
            : null;
        return new ChildDefaults(descriptors, OomScore.Lower(), mark, EffectiveUser.Id == 0);
    }

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
