namespace PvExec.Front.Core;

/// <summary>What the front itself may answer, as numbers of the gRPC status registry.</summary>
public enum GrpcStatus
{
    /// <summary>The call's header is too long.</summary>
    ResourceExhausted = 8,

    /// <summary>No service answers to the path.</summary>
    Unimplemented = 12,

    /// <summary>The service is not there, or left in the middle of a call.</summary>
    Unavailable = 14,
}
