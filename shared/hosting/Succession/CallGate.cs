using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Hosting.Succession;

/// <summary>
/// Every call comes through here. Once closed, new calls are held back until the connections have been told to go
/// elsewhere, and are then refused untouched: a caller that repeated them before that would meet this instance again.
/// </summary>
public sealed class CallGate
{
    private const int RefusedStream = 7; // RFC 9113 section 7

    private readonly TaskCompletionSource _refusing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new(); // guards _inside and _isClosed; a leaf
    private int _inside;
    private bool _isClosed;

    /// <summary>Completes when the gate is closed and every call that came through before has been answered.</summary>
    public Task Drained => _drained.Task;

    /// <summary>The middleware.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (!TryEnter())
        {
            await RefuseAsync(context.Features);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Refuses a call for which nothing has been done, as soon as it can be repeated elsewhere.</summary>
    public async Task RefuseAsync(IFeatureCollection call)
    {
        await _refusing.Task;

        // The caller's library repeats the call at once: not on this connection, where it would be refused again.
        call.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        call.GetRequiredFeature<IHttpResetFeature>().Reset(RefusedStream);
    }

    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (_inside == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    internal void Refuse() => _refusing.TrySetResult();

    internal bool TryEnter()
    {
        lock (_lock)
        {
            _inside += _isClosed ? 0 : 1;
            return !_isClosed;
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0 && _isClosed)
            {
                _drained.TrySetResult();
            }
        }
    }
}
