using PvExec.Kernel;

namespace PvExec.Bench.Restarts;

/// <summary>Where a call was when it met a kill.</summary>
internal enum FailureClass
{
    /// <summary>Sent before the signal, to the killed service or through the killed front.</summary>
    InFlight,

    /// <summary>Sent after the signal while the process was still there, so that its socket took the call.</summary>
    SentWhileEnding,

    /// <summary>Sent when the process had ended.</summary>
    SentAfter,

    /// <summary>Of another service that was not killed.</summary>
    Elsewhere,
}

/// <summary>What a failed call means.</summary>
internal static class FailureClasses
{
    public static FailureClass Of(in CallRecord call, Disturbance disturbance)
    {
        if (disturbance.Service != call.Kind.Service && disturbance.Service != Service.Front)
        {
            return FailureClass.Elsewhere;
        }

        return call.Sent <= disturbance.Began ? FailureClass.InFlight
            : call.Sent <= disturbance.Gone ? FailureClass.SentWhileEnding
            : FailureClass.SentAfter;
    }

    /// <summary>Whether a service that is killed may take such a call with it.</summary>
    public static bool MayFail(this FailureClass failure) => failure is FailureClass.InFlight or FailureClass.SentWhileEnding;

    public static string Words(this FailureClass failure) => failure switch
    {
        FailureClass.InFlight => "in flight",
        FailureClass.SentWhileEnding => "sent while it was ending",
        FailureClass.SentAfter => "sent after its end",
        FailureClass.Elsewhere => "to another service",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "no such class"),
    };
}
