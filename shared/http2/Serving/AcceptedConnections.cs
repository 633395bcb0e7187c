using PvExec.Http2.Loop;

namespace PvExec.Http2.Serving;

/// <summary>
/// All connections that clients have made. One that is silent is asked whether it is still there (PING), and dropped: a
/// stream may be silent for hours, so nothing else would notice a client that vanished without a word.
/// </summary>
internal sealed class AcceptedConnections(EventLoop loop, CallerLimits limits)
{
    private readonly List<AcceptedConnection> _all = [];
    private readonly List<Action> _onRemoved = [];
    private long _lookAt = long.MaxValue;

    public int Count => _all.Count;

    /// <summary>No other instance takes the place of this one: calls are refused, not sent elsewhere.</summary>
    public bool IsStopping { get; set; }

    public void Add(AcceptedConnection connection)
    {
        connection.Index = _all.Count;
        _all.Add(connection);
        LookAt(loop.Now + (long)limits.PingDelay.TotalMilliseconds);
    }

    public void Remove(AcceptedConnection connection)
    {
        AcceptedConnection last = _all[^1];
        _all[connection.Index] = last;
        last.Index = connection.Index;
        _all.RemoveAt(_all.Count - 1);
        foreach (Action action in _onRemoved)
        {
            action();
        }
    }

    /// <summary>Run whenever one has closed.</summary>
    public void OnRemoved(Action action) => _onRemoved.Add(action);

    public void Leave(TimeSpan linger) => _all.ForEach(connection => connection.Leave(linger));

    public void Close(string reason)
    {
        foreach (AcceptedConnection connection in _all.ToArray())
        {
            connection.Close(reason);
        }
    }

    private void Look()
    {
        long now = loop.Now, next = long.MaxValue;
        foreach (AcceptedConnection connection in _all.ToArray())
        {
            long due = connection.LastHeard + (long)(connection.IsAsked ? limits.PingDelay + limits.PingTimeout : limits.PingDelay).TotalMilliseconds;
            if (due <= now && connection.IsAsked)
            {
                connection.Close("the client does not answer");
                continue;
            }

            if (due <= now)
            {
                connection.AskWhetherThere();
                due = now + (long)limits.PingTimeout.TotalMilliseconds;
            }

            next = Math.Min(next, due);
        }

        if (next != long.MaxValue)
        {
            LookAt(next);
        }
    }

    /// <summary>One look is enough, at the earliest time that anybody asked for.</summary>
    private void LookAt(long at)
    {
        if (at >= _lookAt)
        {
            return;
        }

        _lookAt = at;
        loop.After(TimeSpan.FromMilliseconds(at - loop.Now), () =>
        {
            if (_lookAt == at)
            {
                _lookAt = long.MaxValue;
                Look();
            }
        });
    }
}
