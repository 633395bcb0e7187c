using PvExec.Exec.Core.Output;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

internal static class OutputLimitMessages
{
    /// <summary>What a caller wants kept; numbers that are too large are refused with the request (<see cref="OutputLimits.Problem"/>).</summary>
    /// <param name="message">Null: the caller says nothing.</param>
    public static OutputLimits FromApi(V1.OutputLimits? message) => message is null ? OutputLimits.Default : new OutputLimits
    {
        HeadBytes = message.HeadBytes is { } head ? unchecked((long)head) : null,
        TailBytes = message.TailBytes is { } tail ? unchecked((long)tail) : null,
        OnDisk = message.OnDisk,
    };
}
