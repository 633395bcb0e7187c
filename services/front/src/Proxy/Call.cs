using PvExec.Front.Core;
using PvExec.Http2.Sessions;

namespace PvExec.Front.Proxy;

/// <summary>
/// One call: a stream of a caller's connection, and while a service has it, a stream of that service's connection. What
/// comes on one side waits here until the other takes it. Used again for another call when it is over.
/// </summary>
internal sealed class Call(int slot)
{
    /// <summary>Stands for this call in a session: never 0, and another call's when this one is over.</summary>
    public nint Slot { get; } = slot + 1;

    /// <summary>Which of the calls that this object was; for what may come too late.</summary>
    public uint Use { get; set; }

    public CallerConnection? Caller { get; set; }

    public int CallerStream { get; set; }

    /// <summary>Where it is among its caller's calls.</summary>
    public int CallerIndex { get; set; }

    public ServiceConnection? Service { get; set; }

    public int ServiceStream { get; set; }

    /// <summary>Where it is among its service connection's calls.</summary>
    public int ServiceIndex { get; set; }

    /// <summary>What the path names; null for a call that the front answers itself.</summary>
    public ServicePool? Target { get; set; }

    public HeaderBlock Header { get; } = new();

    public bool HasHeader { get; set; }

    public Body Request { get; } = new();

    /// <summary>The caller has sent all.</summary>
    public bool RequestEnded { get; set; }

    /// <summary>All of it was given to the service's connection.</summary>
    public bool RequestPassed { get; set; }

    /// <summary>The service's stream was asked for bytes when there were none.</summary>
    public bool RequestAwaited { get; set; }

    /// <summary>Nobody wants what still comes.</summary>
    public bool DropsRequest { get; set; }

    /// <summary>Before which of its connection's bytes the header was made; -1 when it was not.</summary>
    public long HeaderAt { get; set; } = -1;

    public int Repeats { get; set; }

    /// <summary>The answer's header; trailers only, when there is nothing else.</summary>
    public HeaderBlock AnswerHeader { get; } = new();

    /// <summary>The caller was given the answer's header.</summary>
    public bool AnswerBegan { get; set; }

    public Body Answer { get; } = new();

    public HeaderBlock Trailers { get; } = new();

    /// <summary>All of the answer is here.</summary>
    public bool AnswerEnded { get; set; }

    /// <summary>The caller's stream was asked for bytes when there were none.</summary>
    public bool AnswerAwaited { get; set; }

    /// <summary>Makes it fit for another call.</summary>
    public void Clear()
    {
        Use++;
        Caller = null;
        Service = null;
        Target = null;
        Header.Clear();
        HasHeader = false;
        Request.Clear();
        RequestEnded = false;
        RequestPassed = false;
        RequestAwaited = false;
        DropsRequest = false;
        HeaderAt = -1;
        Repeats = 0;
        AnswerHeader.Clear();
        AnswerBegan = false;
        Answer.Clear();
        Trailers.Clear();
        AnswerEnded = false;
        AnswerAwaited = false;
    }
}
