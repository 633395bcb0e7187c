using PvExec.Exec.Core.Output;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

internal static class OutputLimitMessages
{
    /// <summary>What a caller wants kept; numbers that are too large are refused with the request (<see cref="OutputLimits.Problem"/>).</summary>
    /// <param name="message">Null: the caller says nothing.</param>
    public static OutputLimits FromApi(V1.OutputLimits? message) => message is null ? OutputLimits.Default : new OutputLimits
    {
        HeadBytes = message.HasHeadBytes ? unchecked((long)message.HeadBytes) : null,
        TailBytes = message.HasTailBytes ? unchecked((long)message.TailBytes) : null,
        OnDisk = message.OnDisk,
    };
}
