using System.Threading.Channels;
using Grpc.Core;
using PvExec.Exec.Tests.Succession;

namespace PvExec.Exec.Tests;

/// <summary>A stream to a caller who reads what it is sent at its own pace.</summary>
internal sealed class EventChannel<T> : IServerStreamWriter<T>
{
    private readonly Channel<T> _events = Channel.CreateUnbounded<T>();
    private Task _room = Task.CompletedTask;

    public WriteOptions? WriteOptions { get; set; }

    public bool IsEmpty => _events.Reader.Count == 0;

    /// <param name="stream">The call: when it ends before it has told something, that is what is wrong.</param>
    public async Task<T> NextAsync(Task? stream = null)
    {
        Task<T> next = _events.Reader.ReadAsync().AsTask();
        if (stream is not null && await Task.WhenAny(next, stream).WaitAsync(SuccessionFixture.Patience) == stream && !next.IsCompleted)
        {
            await stream;
        }

        return await next.WaitAsync(SuccessionFixture.Patience);
    }

    /// <summary>Nothing more can be written until the task that is given completes.</summary>
    public void StopReadingUntil(Task room) => Volatile.Write(ref _room, room);

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _room).WaitAsync(cancellationToken);
        await _events.Writer.WriteAsync(message, cancellationToken);
    }
}
