using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;

namespace PvExec.Cli.Adapters;

/// <summary>The pv-init program, which lies beside this one.</summary>
internal static class InitProgram
{
    public const string Name = "pv-init";

    /// <summary>Runs it in the place of this process.</summary>
    public static Fault Become(IReadOnlyList<string> arguments)
    {
        string directory = Path.GetDirectoryName(Environment.ProcessPath) ?? "/";
        string path = Path.Combine(directory, Name);
        int errno = ProgramImage.Replace(path, arguments);
        return new Fault(FaultKind.Internal, $"cannot run '{path}': {Errno.Describe(errno)}: put {Name} beside this program");
    }
}
