using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using PvExec.Hosting;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <summary>
/// The instance of this service that took this one's place, asked over the service's own socket. It may itself be
/// followed by another one, or be killed and started again: then the next one is asked, and goes on where it ended.
/// </summary>
public sealed partial class NextInstance : IDisposable
{
    private static readonly Backoff s_pause = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));

    private readonly Successor _successor;
    private readonly TimeProvider _time;
    private readonly GrpcChannel _channel;
    private readonly V1.Tasks.TasksClient _tasks;

    public NextInstance(RuntimePaths paths, Successor successor, TimeProvider time)
    {
        (_successor, _time) = (successor, time);
        var socket = new UnixDomainSocketEndPoint(paths.Grpc(Service.Exec));
        _channel = GrpcChannel.ForAddress("http://pv-exec", new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            ThrowOperationCanceledOnCancellation = true,
            MaxReceiveMessageSize = Daemon.MaxMessageBytes,
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                EnableMultipleHttp2Connections = true,
                ActivityHeadersPropagator = null,
                ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken),
            },
        });
        _tasks = new V1.Tasks.TasksClient(_channel);
    }

    /// <summary>Completes when it can be asked.</summary>
    public Task IsThere => _successor.TookOver;

    /// <summary>How often in a row it may be away, a second apart at most.</summary>
    public int MaxAttempts { get; init; } = 60;

    /// <summary>A run's events, from the offsets of the request on, to its end.</summary>
    /// <exception cref="RpcException">It knows of no such run any more, or it stays away.</exception>
    public async IAsyncEnumerable<V1.RunEvent> FollowAsync(V1.AttachRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        V1.AttachRequest rest = request.Clone();
        int failures = 0;
        while (true)
        {
            using AsyncServerStreamingCall<V1.RunEvent> call = _tasks.Attach(rest, cancellationToken: cancellationToken);
            while (await TryMoveNextAsync(call.ResponseStream, failures + 1 >= MaxAttempts, cancellationToken))
            {
                failures = 0;
                V1.RunEvent next = call.ResponseStream.Current;
                Advance(rest, next);
                yield return next;
                if (next.EventCase is V1.RunEvent.EventOneofCase.Exited or V1.RunEvent.EventOneofCase.NotRun)
                {
                    yield break;
                }
            }

            await Task.Delay(s_pause.After(++failures), _time, cancellationToken);
        }
    }

    /// <exception cref="RpcException">It knows of no such run any more, or it stays away.</exception>
    public Task<V1.Run> CancelAsync(V1.CancelRequest request, CancellationToken cancellationToken) =>
        AskAsync(async () => await _tasks.CancelAsync(request, cancellationToken: cancellationToken), cancellationToken);

    /// <remarks>The signal is sent twice when the instance is killed after the first time and before its answer.</remarks>
    /// <exception cref="RpcException">It knows of no such run any more, the run does not run, or it stays away.</exception>
    public Task<V1.Run> SignalAsync(V1.SignalRequest request, CancellationToken cancellationToken) =>
        AskAsync(async () => await _tasks.SignalAsync(request, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>
    /// Says that a caller is gone, by coming as that caller and going: whether it had come before or not, it is known to be
    /// gone then. A run that is not known there any more needs no word.
    /// </summary>
    public async Task LeaveAsync(V1.AttachRequest request)
    {
        try
        {
            await IsThere;
            await AskAsync(
                async () =>
                {
                    using AsyncServerStreamingCall<V1.RunEvent> call = _tasks.Attach(request, cancellationToken: CancellationToken.None);
                    return await call.ResponseStream.MoveNext(CancellationToken.None);
                },
                CancellationToken.None);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // Unknown there, or it stays away.
            return;
        }
    }

    public void Dispose() => _channel.Dispose();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int failures = 0; ; await Task.Delay(s_pause.After(failures), _time, cancellationToken))
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (IsAway(e, cancellationToken) && ++failures < MaxAttempts)
            {
                continue;
            }
        }
    }

    private static async ValueTask<Stream> ConnectAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <returns>False when the instance has gone, or ended the stream before the run's end.</returns>
    private static async Task<bool> TryMoveNextAsync<T>(IAsyncStreamReader<T> events, bool isLastAttempt, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNext(cancellationToken);
        }
        catch (Exception e) when (IsAway(e, cancellationToken) && !isLastAttempt)
        {
            return false;
        }
    }

    /// <summary>An instance that ends cancels its calls, or its connections just end; what it says of a run has another status.</summary>
    private static bool IsAway(Exception error, CancellationToken cancellationToken) => error switch
    {
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,

        // As it comes from a write into a connection that ends at that moment.
        IOException => true,
        _ => false,
    };

    private static void Advance(V1.AttachRequest rest, V1.RunEvent told)
    {
        (V1.OutputStream stream, ulong end) = told.EventCase switch
        {
            V1.RunEvent.EventOneofCase.Output => (told.Output.Stream, told.Output.Offset + (ulong)told.Output.Data.Length),
            V1.RunEvent.EventOneofCase.Gap => (told.Gap.Stream, told.Gap.Offset + told.Gap.Length),
            _ => (V1.OutputStream.Unspecified, 0UL),
        };
        if (stream == V1.OutputStream.Stdout)
        {
            rest.StdoutOffset = end;
        }
        else if (stream == V1.OutputStream.Stderr)
        {
            rest.StderrOffset = end;
        }
    }
}
