using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <summary>What a failed start means to a caller.</summary>
internal static class SpawnFault
{
    public static Fault From(SpawnSpec spec, SpawnFailed failed)
    {
        string what = failed.Stage == "chdir" ? spec.WorkingDirectory : spec.Arguments[0];
        return new Fault(Kind(failed.Errno), $"'{spec.Label}' could not be started: {failed.Stage} '{what}': {Errno.Describe(failed.Errno)}{Hint(failed)}");
    }

    private static FaultKind Kind(int errno) => errno switch
    {
        Errno.ENOENT or Errno.ENOTDIR => FaultKind.NotFound,
        Errno.EACCES or Errno.EPERM => FaultKind.PermissionDenied,
        Errno.E2BIG or Errno.ENOEXEC or Errno.EINVAL or Errno.ELOOP => FaultKind.InvalidArgument,
        Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE => FaultKind.ResourceExhausted,
        _ => FaultKind.Internal,
    };

    private static string Hint(SpawnFailed failed) => failed.Errno switch
    {
        Errno.ENOENT when failed.Stage == "exec" => ": the program, or the interpreter in its first line, does not exist",
        Errno.EACCES when failed.Stage == "exec" => ": make it executable",
        Errno.E2BIG => ": pass fewer or shorter arguments and variables",
        Errno.ENOEXEC => ": it is neither a program nor has it a '#!' line",
        _ => "",
    };
}
