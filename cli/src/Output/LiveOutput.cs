using PvExec.Api.V1;
using PvExec.Linux;

namespace PvExec.Cli.Output;

/// <summary>
/// Passes each piece on as it comes, as bytes. That nobody reads standard output any more is an error; what nobody reads of
/// standard error is dropped.
/// </summary>
internal sealed class LiveOutput(Surroundings surroundings) : IRunOutput
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isErrorGone;

    /// <summary>Completes with the first piece of standard output.</summary>
    public Task HasBegun => _begun.Task;

    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        bool isError = stream == OutputStream.Stderr;
        if (data.IsEmpty || (isError && _isErrorGone))
        {
            return;
        }

        Stream to = isError ? surroundings.ErrorOutput : surroundings.Output;
        try
        {
            await to.WriteAsync(data);
            await to.FlushAsync();
        }
        catch (SystemCallException e) when (isError && e.Errno == Errno.EPIPE)
        {
            _isErrorGone = true;
        }

        if (!isError)
        {
            _begun.TrySetResult();
        }
    }
}
