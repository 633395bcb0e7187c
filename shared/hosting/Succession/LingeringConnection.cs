using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Hosting.Succession;

/// <summary>
/// A connection that an instance which leaves lets its client close. The server closes it right after its last GOAWAY; a client
/// that writes a moment later meets a broken pipe, or over TCP a reset that overtakes what was sent, and loses answers that
/// it has not read yet, or cannot tell which of its calls may be repeated.
/// </summary>
/// <param name="longest">Asked when the server is done with the connection: how long the client has to close it; zero: no time at all.</param>
internal sealed class LingeringConnection(ConnectionContext inner, Func<TimeSpan> longest, TimeProvider time) : ConnectionContext
{
    private bool _isAborted;

    public override string ConnectionId
    {
        get => inner.ConnectionId;
        set => inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => inner.Items;
        set => inner.Items = value;
    }

    public override IDuplexPipe Transport { get; set; } = new OpenPipe(inner.Transport);

    public override CancellationToken ConnectionClosed
    {
        get => inner.ConnectionClosed;
        set => inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => inner.LocalEndPoint;
        set => inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => inner.RemoteEndPoint;
        set => inner.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Volatile.Write(ref _isAborted, true);
        inner.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        if (longest() is { Ticks: > 0 } linger && !Volatile.Read(ref _isAborted))
        {
            await DrainAsync(inner.Transport.Input, linger);
        }

        await inner.DisposeAsync();
    }

    /// <summary>Reads what still comes, which is of no stream that was taken, up to the client's end.</summary>
    private async Task DrainAsync(PipeReader input, TimeSpan atMost)
    {
        using var enough = new CancellationTokenSource(atMost, time);
        try
        {
            ReadResult result;
            do
            {
                result = await input.ReadAsync(enough.Token);
                input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client does not close, or has broken the connection.
        }
    }

    /// <summary>Hides from the server that it could complete the two directions, since the connection is not over then.</summary>
    private sealed class OpenPipe(IDuplexPipe inner) : IDuplexPipe
    {
        public PipeReader Input { get; } = new OpenReader(inner.Input);

        public PipeWriter Output => inner.Output;
    }

    private sealed class OpenReader(PipeReader inner) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void Complete(Exception? exception = null)
        {
            // The connection's end completes it.
        }
    }
}
