using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A run that is asked for and gets its standard input while it runs. After a broken connection the input goes on where the run's own count says.</summary>
/// <param name="tasks">The daemon.</param>
/// <param name="start">The first message; its token makes it the same run each time.</param>
/// <param name="requests">What follows, in order.</param>
internal sealed class InteractiveRun(Api.V1.Tasks.TasksClient tasks, InteractiveStart start, ChannelReader<InteractiveRequest> requests) : IRunSource
{
    private readonly SentInput _sent = SentInput.Beginning(start.Run.Input);
    private bool _isClosed;
    private WindowSize? _size = start.Terminal?.Size;

    public async IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using AsyncDuplexStreamingCall<InteractiveRequest, RunEvent> call = tasks.RunInteractive(cancellationToken: cancellationToken);
        Task sending = Task.CompletedTask;
        try
        {
            await WriteStartAsync(call.RequestStream, position, cancellationToken);
            await foreach (RunEvent told in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (told.EventCase == RunEvent.EventOneofCase.Accepted && sending.IsCompleted)
                {
                    await RefuseAnotherAsync(position, told.Accepted, cancellationToken);
                    sending = SendAsync(call.RequestStream, Again(told.Accepted), broken.Token);
                }

                yield return told;
            }
        }
        finally
        {
            await broken.CancelAsync();
            await sending;
        }
    }

    private static async Task WriteAsync(IClientStreamWriter<InteractiveRequest> to, InteractiveRequest request, CancellationToken cancellationToken) =>
        await to.WriteAsync(request, cancellationToken);

    private async Task WriteStartAsync(IClientStreamWriter<InteractiveRequest> to, RunPosition position, CancellationToken cancellationToken)
    {
        InteractiveStart first = start.Clone();
        first.Run.StdoutOffset = position.StandardOffset;
        first.Run.StderrOffset = position.ErrorOffset;
        try
        {
            await WriteAsync(to, new InteractiveRequest { Start = first }, cancellationToken);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The call is over already; reading from it says why.
            return;
        }
    }

    /// <summary>A daemon that has forgotten the run has begun another one: the task must not run twice.</summary>
    private async Task RefuseAnotherAsync(RunPosition position, Accepted accepted, CancellationToken cancellationToken)
    {
        if (position.HasStarted && accepted.RunId != position.RunId)
        {
            await tasks.CancelAsync(new CancelRequest { RunId = accepted.RunId }, cancellationToken: cancellationToken);
            throw new RpcException(new Status(StatusCode.NotFound, $"run {position.RunId} is known no longer: how it ended is lost"));
        }
    }

    /// <summary>What has to be sent once more.</summary>
    private IReadOnlyList<ByteString> Again(Accepted accepted)
    {
        long had = accepted.Attached ? (long)accepted.InputBytes : start.Run.Input.Length;
        return _sent.From(had) ?? throw new RpcException(new Status(
            StatusCode.DataLoss, $"run {accepted.RunId} has {accepted.InputBytes} bytes of its input, and what follows them is kept here no longer: cancel it, and run the task again"));
    }

    /// <summary>Sends until the call is over; that it is, the events say.</summary>
    private async Task SendAsync(IClientStreamWriter<InteractiveRequest> to, IReadOnlyList<ByteString> again, CancellationToken cancellationToken)
    {
        try
        {
            foreach (ByteString piece in again)
            {
                await WriteAsync(to, new InteractiveRequest { Input = piece }, cancellationToken);
            }

            if (_size is { } size)
            {
                await WriteAsync(to, new InteractiveRequest { Resize = size }, cancellationToken);
            }

            if (_isClosed)
            {
                await WriteAsync(to, new InteractiveRequest { CloseInput = new CloseInput() }, cancellationToken);
            }

            await foreach (InteractiveRequest next in requests.ReadAllAsync(cancellationToken))
            {
                Note(next);
                await WriteAsync(to, next, cancellationToken);
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            return;
        }
    }

    private void Note(InteractiveRequest request)
    {
        switch (request.RequestCase)
        {
            case InteractiveRequest.RequestOneofCase.Input:
                _sent.Add(request.Input);
                break;
            case InteractiveRequest.RequestOneofCase.Resize:
                _size = request.Resize;
                break;
            case InteractiveRequest.RequestOneofCase.CloseInput when start.Terminal is null:
                _isClosed = true;
                break;
            default:
                break;
        }
    }
}
