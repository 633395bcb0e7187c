namespace PvExec.Kernel;

/// <summary>Why an operation did not do what was asked. Each kind has one gRPC status and one exit code.</summary>
public enum FaultKind
{
    /// <summary>The request itself is wrong; repeating it cannot help.</summary>
    InvalidArgument,
    /// <summary>The named thing does not exist.</summary>
    NotFound,
    /// <summary>The named thing exists and differs from what was asked for.</summary>
    AlreadyExists,
    /// <summary>The system is not in the state that the request needs.</summary>
    FailedPrecondition,
    /// <summary>A limit was reached: a queue, a size, a disk.</summary>
    ResourceExhausted,
    /// <summary>The caller may not do this.</summary>
    PermissionDenied,
    /// <summary>Not now; repeating the request may help.</summary>
    Unavailable,
    /// <summary>The time that the caller gave was up.</summary>
    DeadlineExceeded,
    /// <summary>The caller, or a stop of the service, ended the operation.</summary>
    Cancelled,
    /// <summary>Stored data is damaged or missing.</summary>
    DataLoss,
    /// <summary>The system refused something that should have worked.</summary>
    Internal,
}

/// <summary>An expected failure, as a value. Bugs are exceptions.</summary>
/// <param name="Kind">What class of failure it is.</param>
/// <param name="Detail">One sentence that names the offending thing and says what to do.</param>
public sealed record Fault(FaultKind Kind, string Detail)
{
    public override string ToString() => $"{Kind}: {Detail}";
}
