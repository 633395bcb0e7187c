using Grpc.Core;
using PvExec.Kernel;

namespace PvExec.Hosting.Faults;

/// <summary>The one place that turns a fault into a gRPC status.</summary>
public static class FaultStatus
{
    public static RpcException ToRpcException(this Fault fault) => new(new Status(Code(fault.Kind), fault.Detail));

    public static StatusCode Code(FaultKind kind)
    {
        // No default arm: a new kind does not build until it is mapped (CS8509 is an error).
#pragma warning disable CS8524 // a number that is no kind: a bug, and it throws
        return kind switch
        {
            FaultKind.InvalidArgument => StatusCode.InvalidArgument,
            FaultKind.NotFound => StatusCode.NotFound,
            FaultKind.AlreadyExists => StatusCode.AlreadyExists,
            FaultKind.FailedPrecondition => StatusCode.FailedPrecondition,
            FaultKind.ResourceExhausted => StatusCode.ResourceExhausted,
            FaultKind.PermissionDenied => StatusCode.PermissionDenied,
            FaultKind.Unavailable => StatusCode.Unavailable,
            FaultKind.DeadlineExceeded => StatusCode.DeadlineExceeded,
            FaultKind.Cancelled => StatusCode.Cancelled,
            FaultKind.DataLoss => StatusCode.DataLoss,
            FaultKind.Internal => StatusCode.Internal,
        };
#pragma warning restore CS8524
    }
}
