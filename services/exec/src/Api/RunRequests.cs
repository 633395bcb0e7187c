using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>What a caller of <c>pvexec.v1</c> asks to be run.</summary>
internal static class RunRequests
{
    private const int MaxCallerIdLength = 64;

    public static Outcome<RunRequest> FromApi(V1.RunTaskRequest request, Interaction? interaction = null)
    {
        var plain = new RunRequest(request.TaskName, [.. request.Variables], request.Input.Memory, 0)
        {
            Output = OutputLimitMessages.FromApi(request.Output),
            Interaction = interaction,
            IsLossless = request.Lossless,
            OnDisconnect = OnDisconnectOf(request.OnDisconnect).TryGet(out OnDisconnect wanted, out _) ? wanted : default,
        };
        return ClientToken.Of(request.ClientToken, plain).Then<RunRequest>(token => plain with { Token = token });
    }

    public static Outcome<RunCaller> CallerOf(V1.RunTaskRequest request) =>
        OnDisconnectOf(request.OnDisconnect).Then<RunCaller>(wanted => RunCaller.New(wanted));

    public static Outcome<RunCaller> CallerOf(V1.RunCaller caller) => caller.Id.Length is 0 or > MaxCallerIdLength
        ? new Fault(FaultKind.InvalidArgument, $"caller has an id of {caller.Id.Length} characters: only an instance of pv-exec that was replaced gives one, leave it out")
        : OnDisconnectOf(caller.OnDisconnect).Then<RunCaller>(wanted => new RunCaller(caller.Id, wanted));

    public static V1.RunCaller ToApi(RunCaller caller) => new()
    {
        Id = caller.Id,
        OnDisconnect = caller.OnDisconnect switch
        {
            OnDisconnect.Cancel => V1.OnDisconnect.Cancel,
            OnDisconnect.GoOn => V1.OnDisconnect.GoOn,
            _ => V1.OnDisconnect.CancelWaiting,
        },
    };

    private static Outcome<OnDisconnect> OnDisconnectOf(V1.OnDisconnect wanted) => wanted switch
    {
        V1.OnDisconnect.Unspecified or V1.OnDisconnect.CancelWaiting => OnDisconnect.CancelWaiting,
        V1.OnDisconnect.Cancel => OnDisconnect.Cancel,
        V1.OnDisconnect.GoOn => OnDisconnect.GoOn,
        _ => new Fault(FaultKind.InvalidArgument, $"on_disconnect is {(int)wanted}: it is 0 to {(int)V1.OnDisconnect.GoOn}, see tasks.proto"),
    };
}
