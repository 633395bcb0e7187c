using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Front.Adapters;

/// <summary>
/// Holds a reset of the caller's stream back. When a service leaves in the middle of a response the forwarder resets the
/// stream, which clients report as INTERNAL; held back, the call can end with trailers that say UNAVAILABLE instead.
/// </summary>
internal sealed class DeferredReset : IHttpResetFeature
{
    private readonly HttpContext _context;
    private readonly IHttpResetFeature? _server;
    private int? _errorCode;

    private DeferredReset(HttpContext context)
    {
        _context = context;
        _server = context.Features.Get<IHttpResetFeature>();
    }

    /// <summary>Puts itself in the place of the server's own.</summary>
    public static DeferredReset Install(HttpContext context)
    {
        var reset = new DeferredReset(context);
        context.Features.Set<IHttpResetFeature>(reset);
        return reset;
    }

    void IHttpResetFeature.Reset(int errorCode) => _errorCode = errorCode;

    /// <summary>Resets the stream if that was asked for.</summary>
    public void Apply()
    {
        if (_errorCode is not { } errorCode)
        {
            return;
        }

        if (_server is null)
        {
            _context.Abort();
        }
        else
        {
            _server.Reset(errorCode);
        }
    }
}
