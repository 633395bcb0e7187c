using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary>Follows a run to its end over as many connections as that takes: no byte twice, none left out.</summary>
internal sealed class RunFollower(IRunSource source, IRunOutput output, IRunWitness witness, Reconnection reconnection)
{
    private readonly RunPosition _position = new();

    /// <returns>Its last event: Exited or NotRun.</returns>
    /// <exception cref="RpcException">It is refused, or the daemon stays away.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public async Task<RunEvent> ToEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            RpcException failure;
            try
            {
                await foreach (RunEvent told in source.OpenAsync(_position, cancellationToken))
                {
                    reconnection.Works();
                    if (await TakeAsync(told))
                    {
                        return told;
                    }
                }

                failure = new RpcException(new Status(StatusCode.Unavailable, "the daemon ended the call before the run's end"));
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested && Reconnection.IsBreak(e, _position.RunId is not null))
            {
                failure = e;
            }

            if (!await reconnection.PauseAsync(cancellationToken))
            {
                throw failure;
            }

            witness.Broke();
        }
    }

    /// <returns>Whether it is the last.</returns>
    private async ValueTask<bool> TakeAsync(RunEvent told)
    {
        switch (told.EventCase)
        {
            case RunEvent.EventOneofCase.Accepted:
                _position.Accept(told.Accepted.RunId);
                witness.Accepted(told.Accepted.RunId);
                return false;
            case RunEvent.EventOneofCase.Queued:
                witness.Queued(told.Queued);
                return false;
            case RunEvent.EventOneofCase.Started:
                Start();
                if (told.Started.Started_ is { } time)
                {
                    witness.StartedAt(time.ToDateTimeOffset());
                }

                return false;
            case RunEvent.EventOneofCase.Output:
                // The first of it may come before the start is told.
                Start();
                ReadOnlyMemory<byte> data = _position.Take(told.Output, out ulong missing);
                Report(told.Output.Stream, missing);
                await output.WriteAsync(told.Output.Stream, data);
                return false;
            case RunEvent.EventOneofCase.Gap:
                Start();
                Report(told.Gap.Stream, _position.Skip(told.Gap));
                return false;
            case RunEvent.EventOneofCase.Exited or RunEvent.EventOneofCase.NotRun:
                return true;
            default:
                return false;
        }
    }

    private void Start()
    {
        if (!_position.HasStarted)
        {
            _position.Start();
            witness.Started();
        }
    }

    private void Report(OutputStream stream, ulong missing)
    {
        if (missing > 0)
        {
            witness.Missing(stream, missing);
        }
    }
}
