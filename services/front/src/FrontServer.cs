using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Front.Loop;
using PvExec.Front.Proxy;
using PvExec.Hosting;
using PvExec.Kernel;

namespace PvExec.Front;

/// <summary>The thread that serves, and what the daemon asks of it. What it is asked is done on that thread.</summary>
/// <param name="listener">Gives the listening socket, which is the server's from then on.</param>
internal sealed class FrontServer(
    RuntimePaths paths, TimeProvider time, FrontLimits limits, Func<SafeHandle> listener, ILogger<FrontServer> log)
    : IHostedService, ICallServer, IDisposable
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventLoop _loop = new(time, error => FrontLog.Unexpected(log, error));
    private readonly Lock _stopping = new(); // guards _stopped
    private Task? _stopped;
    private CallerConnections? _connections;
    private Forwarder? _forwarder;
    private Acceptor? _acceptor;
    private Thread? _thread;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _forwarder = new Forwarder(_loop, limits, paths, log);
        _connections = new CallerConnections(_loop, limits);
        _acceptor = new Acceptor(_loop, _connections, _forwarder, limits, listener());
        _thread = new Thread(Run) { IsBackground = true, Name = "calls" };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>No new connections, and no new calls on the old ones. Calls under way go on until they are answered, or for as long as may be.</summary>
    /// <param name="cancellationToken">Cancelled when they are to be broken off.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopping)
        {
            // A host asks twice when it is stopped by the daemon and waits for its own shutdown.
            return _stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>The front holds no state: what comes until the next instance accepts is passed on as before.</summary>
    public void HoldBack()
    {
    }

    public Task UnbindAsync() => DoAsync(_acceptor!.Stop);

    public void AskToClose() => _loop.Post(() => _connections!.Leave(limits.Linger));

    /// <inheritdoc cref="HoldBack"/>
    public void Refuse()
    {
    }

    public async Task ClosedAsync(CancellationToken enough)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await DoAsync(() =>
        {
            _connections!.OnRemoved(Look);
            Look();
        });
        await closed.Task.WaitAsync(enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void Look()
        {
            if (_connections!.Count == 0)
            {
                closed.TrySetResult();
            }
        }
    }

    /// <summary>Completes when the thread has got round to it: it lives.</summary>
    public Task AskAsync() => DoAsync(() => { });

    /// <summary>How many connections of clients there are, and how many calls are under way.</summary>
    internal async Task<(int Connections, int Calls)> CountAsync()
    {
        (int, int) counts = default;
        await DoAsync(() => counts = (_connections!.Count, _forwarder!.Calls.Count));
        return counts;
    }

    public void Dispose()
    {
        if (_thread is null || _over.Task.IsCompleted)
        {
            _loop.Dispose();
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await DoAsync(() =>
        {
            _forwarder!.IsStopping = true;
            _acceptor!.Stop();
            _connections!.Leave(limits.LingerOfStop);
        });
        await ClosedAsync(cancellationToken);
        await DoAsync(() => _connections!.Close("the front has stopped"));
        _loop.Post(_loop.Stop);
        await _over.Task;
    }

    private void Run()
    {
        try
        {
            _loop.Run();
        }
        finally
        {
            _over.SetResult();
        }
    }

    /// <summary>Completes when the thread has done it, after what it has read in that turn and before it writes.</summary>
    internal Task DoAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });

        // What is posted when the thread has ended is not done any more.
        return Task.WhenAny(done.Task, _over.Task).Unwrap();
    }
}
