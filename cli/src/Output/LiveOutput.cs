using PvExec.Api.V1;
using PvExec.Linux;

namespace PvExec.Cli.Output;

/// <summary>
/// Passes each piece on as it comes, as bytes. A reader that goes away, such as head(1), is written to no more; the task does
/// not hear of it, and its exit code is waited for.
/// </summary>
/// <param name="surroundings">Has the streams.</param>
/// <param name="whenUnread">Done when standard output has lost its reader; null for nothing.</param>
internal sealed class LiveOutput(Surroundings surroundings, Action? whenUnread = null) : IRunOutput
{
    private bool _isStandardGone;
    private bool _isErrorGone;

    /// <summary>Nobody reads standard output any more.</summary>
    public bool IsUnread => _isStandardGone;

    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        bool isError = stream == OutputStream.Stderr;
        if (data.IsEmpty || (isError ? _isErrorGone : _isStandardGone))
        {
            return;
        }

        Stream to = isError ? surroundings.ErrorOutput : surroundings.Output;
        try
        {
            await to.WriteAsync(data);
            await to.FlushAsync();
        }
        catch (SystemCallException e) when (e.Errno == Errno.EPIPE)
        {
            (_isStandardGone, _isErrorGone) = (_isStandardGone || !isError, _isErrorGone || isError);
            if (!isError)
            {
                whenUnread?.Invoke();
            }
        }
    }
}
