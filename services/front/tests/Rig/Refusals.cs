using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Front.Tests.Rig;

/// <summary>Refuses calls as an instance does that has handed over, after it has read some of the body.</summary>
internal sealed class Refusals
{
    private const int RefusedStream = 7;
    private int _left;
    private int _calls;

    /// <summary>How many calls came, refused or not.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How many calls are still to be refused.</summary>
    public int Left
    {
        get => Volatile.Read(ref _left);
        set => Volatile.Write(ref _left, value);
    }

    /// <summary>The least that is read of a body before it is refused; 0 refuses at once.</summary>
    public int ReadBytes { get; set; }

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _calls);
        if (Interlocked.Decrement(ref _left) < 0)
        {
            await next(context);
            return;
        }

        await context.Request.Body.ReadAtLeastAsync(new byte[ReadBytes], ReadBytes, throwOnEndOfStream: false);
        context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(RefusedStream);
    }
}
