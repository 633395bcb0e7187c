using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>The requests of <c>RunInteractive</c>.</summary>
internal static class InteractiveRequests
{
    private const int MaxTypeLength = 255;

    /// <summary>The first message, or a fault when it is another one.</summary>
    public static Outcome<V1.InteractiveStart> StartOf(V1.InteractiveRequest? first) => first switch
    {
        { Start: { Attach: { } attach } start } => start.Run is null && start.Terminal is null
            ? start
            : Wrong($"start names both run {Quoted.Of(attach.RunId)} to attach to and a task or a terminal for a new one: give one of them"),
        { Start: { Run: not null } start } => start,
        { Start: not null } => Wrong("start has no run: name the task in it, or a run to attach to"),
        null => Wrong("there was no request: the first one is start, which names the task"),
        _ => Wrong($"the first request is {first.RequestCase}: it has to be start, which names the task"),
    };

    public static Outcome<RunRequest> FromApi(V1.InteractiveStart start)
    {
        if (start.Terminal is null)
        {
            return RunRequests.FromApi(start.Run, new Interaction(null));
        }

        string type = start.Terminal.Type.Length == 0 ? TerminalSettings.UsualType : start.Terminal.Type;
        if (type.Length > MaxTypeLength || type.Any(c => c is <= ' ' or >= '\x7f'))
        {
            return Wrong($"terminal type {Quoted.Of(type)} is none: printable ASCII characters, at most {MaxTypeLength}, such as {TerminalSettings.UsualType}");
        }

        V1.WindowSize size = start.Terminal.Size ?? new V1.WindowSize { Columns = TerminalSettings.UsualColumns, Rows = TerminalSettings.UsualRows };
        return SizeOf(size).Then(one => RunRequests.FromApi(start.Run, new Interaction(new TerminalSettings(type, one.Columns, one.Rows))));
    }

    public static Outcome<(int Columns, int Rows)> SizeOf(V1.WindowSize size) =>
        size.Columns <= TerminalSettings.MaxSize && size.Rows <= TerminalSettings.MaxSize
            ? ((int)size.Columns, (int)size.Rows)
            : Wrong($"a window of {size.Columns} by {size.Rows} characters is too large: at most {TerminalSettings.MaxSize} each way");

    public static Fault Wrong(string what) => new(FaultKind.InvalidArgument, what);
}
