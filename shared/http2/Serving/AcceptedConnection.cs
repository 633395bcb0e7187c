using Microsoft.Win32.SafeHandles;
using PvExec.Http2.Loop;
using PvExec.Http2.Sessions;

namespace PvExec.Http2.Serving;

/// <summary>A connection that a client has made. What its calls are is for the kinds of it; how it ends is here.</summary>
internal abstract partial class AcceptedConnection : Connection
{
    private readonly AcceptedConnections _all;

    /// <summary>The constructor of a kind ends with <see cref="Connection.Open"/>.</summary>
    protected AcceptedConnection(AcceptedConnections all, EventLoop loop, CallerLimits limits, SafeFileHandle socket)
        : base(loop, socket)
    {
        _all = all;
        Limits = limits;
        LastHeard = loop.Now;
        Session = Session.Server(this, limits);
    }

    /// <summary>Where it is among all.</summary>
    public int Index { get; set; }

    public abstract int CallCount { get; }

    protected CallerLimits Limits { get; }

    protected override Session Session { get; }

    protected override bool MayRead => Session.WaitingFrames < Limits.WaitingFrames;

    /// <summary>The connection is closed, with whatever calls it has.</summary>
    protected abstract void EndCalls(string reason);
}
