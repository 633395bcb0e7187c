using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <summary>
/// Gives a run what one caller sends, here or at the next instance of the service. One request after the other, and the
/// next one is only read when the one before has been given: a run that does not read holds its caller back, and nobody else.
/// </summary>
internal sealed class InteractiveInput(RunEngine engine, NextInstance next, Run run, IRunInput input, InputElsewhere elsewhere)
{
    /// <summary>The caller has said so, and given nothing since: its last request need not say it again.</summary>
    private bool _isClosed;

    /// <summary>To the caller's last request. A caller whose connection breaks has not ended the input.</summary>
    /// <exception cref="FaultException">A request is wrong, or what is given does not come to the run any more.</exception>
    public async Task GiveAsync(IAsyncStreamReader<V1.InteractiveRequest> requests, CancellationToken cancellationToken)
    {
        while (await MoveNextAsync(requests, cancellationToken) is { } more)
        {
            if (!more)
            {
                if (!_isClosed)
                {
                    await CloseAsync(() => elsewhere.CompleteAsync(cancellationToken));
                }

                return;
            }

            await GiveAsync(requests.Current, cancellationToken);
        }
    }

    /// <returns>Null when the caller is gone.</returns>
    private static async Task<bool?> MoveNextAsync(IAsyncStreamReader<V1.InteractiveRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private Task GiveAsync(V1.InteractiveRequest request, CancellationToken cancellationToken) => request.RequestCase switch
    {
        V1.InteractiveRequest.RequestOneofCase.Input => GiveBytesAsync(request, cancellationToken),
        V1.InteractiveRequest.RequestOneofCase.CloseInput => CloseAsync(() => elsewhere.WriteAsync(request, cancellationToken)),
        V1.InteractiveRequest.RequestOneofCase.Resize => ResizeAsync(request, cancellationToken),
        V1.InteractiveRequest.RequestOneofCase.Signal => SignalAsync(request.Signal, cancellationToken),
        V1.InteractiveRequest.RequestOneofCase.Start => throw Wrong("a second start: one call has one run, the first request names it"),
        _ => throw Wrong("a request says nothing that is known here: it has to be input, close_input, resize or signal"),
    };

    private async Task GiveBytesAsync(V1.InteractiveRequest request, CancellationToken cancellationToken)
    {
        if (_isClosed && input.Terminal is null)
        {
            throw Wrong("input after close_input: a pipe that has been closed cannot be opened again");
        }

        _isClosed = false;

        ReadOnlyMemory<byte> rest = request.Input.Memory;
        while (rest.Length > 0)
        {
            Task changed = input.Changes.Next();
            if (engine.GiveInput(input, rest.Span) is not { } taken)
            {
                await elsewhere.WriteAsync(
                    new V1.InteractiveRequest { Input = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(rest) }, cancellationToken);
                return;
            }

            rest = rest[taken..];
            if (taken == 0)
            {
                await Task.WhenAny(changed, next.IsThere).WaitAsync(cancellationToken);
            }
        }
    }

    private async Task CloseAsync(Func<Task> tellElsewhere)
    {
        if (_isClosed && input.Terminal is null)
        {
            return;
        }

        _isClosed = true;
        if (!engine.CloseInput(input))
        {
            await tellElsewhere();
        }
    }

    private async Task ResizeAsync(V1.InteractiveRequest request, CancellationToken cancellationToken)
    {
        if (input.Terminal is null)
        {
            throw Wrong($"resize: run {run.Id} has no terminal, its input is a pipe");
        }

        (int columns, int rows) = InteractiveRequests.SizeOf(request.Resize).Value;
        if (!engine.ResizeTerminal(input, columns, rows))
        {
            await elsewhere.WriteAsync(request, cancellationToken);
        }
    }

    private async Task SignalAsync(V1.SendSignal signal, CancellationToken cancellationToken)
    {
        SignalScope scope = TasksGrpc.ScopeOf(signal.Signal, signal.Target).Value;
        if (await engine.SignalAsync(run, signal.Signal, scope, next.IsThere) is { } sent)
        {
            if (sent.Fault is { } fault && (fault.Kind != FaultKind.FailedPrecondition || run.State == RunState.Waiting))
            {
                throw new FaultException(fault);
            }

            return;
        }

        await elsewhere.WriteAsync(new V1.InteractiveRequest { Signal = signal }, cancellationToken);
    }

    private static FaultException Wrong(string what) => new(InteractiveRequests.Wrong(what));
}
