using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <summary>What a failed start means to a caller.</summary>
internal static class SpawnFault
{
    public static Fault From(SpawnSpec spec, SpawnFailed failed)
    {
        // Who asked knows for what; the label is between them and pv-init.
        return new Fault(Kind(failed.Errno), $"{failed.Stage} {What(spec, failed.Stage)}: {Errno.Describe(failed.Errno)}{Hint(failed)}");
    }

    /// <summary>What the stage worked on.</summary>
    private static string What(SpawnSpec spec, string stage) => stage switch
    {
        "chdir" => $"'{spec.WorkingDirectory}'",
        "setuid" => $"{spec.Uid}",
        "setgid" => $"{spec.Gid}",
        "setgroups" => $"[{string.Join(", ", spec.Groups ?? [])}]",
        "setpriority" => $"{spec.Nice}",
        "oom_score_adj" => $"{spec.OomScoreAdjustment}",
        "setrlimit" => $"[{string.Join(", ", spec.Limits)}]",
        "terminal" => $"on descriptor {spec.ControllingTerminal}",
        _ => $"'{spec.Arguments[0]}'",
    };

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
        Errno.EACCES when failed.Stage == "exec" => ": make it executable, and the interpreter in its first line",
        Errno.E2BIG => ": pass fewer or shorter arguments and variables",
        Errno.ENOEXEC => ": it is neither a program nor has it a '#!' line",
        _ => "",
    };
}
