using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <summary>Which run a client token stands for, and which callers are there for a run.</summary>
/// <remarks>
/// A caller comes and the last one goes under one lock: whoever comes finds either a run that goes on, or none. Callers have ids, so
/// that one that comes or goes twice, at this instance of the service and as one of those handed over to it, counts once.
/// </remarks>
internal sealed class RunCallers
{
    /// <summary>Guards the fields below. Under it are taken the locks of a run's state, of its output, of the history and of watches, and those of the queues when a run is made.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<RunId, HashSet<string>> _callers = [];

    /// <summary>Of those, the ones that are to come from the instance before, and who left while only such were there.</summary>
    private readonly Dictionary<RunId, Expected> _expected = [];

    /// <summary>The runs with callers.</summary>
    public IReadOnlyList<CalledRun> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _callers.Select(one => new CalledRun(one.Key, [.. one.Value])
                {
                    LastToLeave = _expected.GetValueOrDefault(one.Key)?.LastToLeave?.OnDisconnect,
                })];
            }
        }
    }

    /// <summary>The run of the token, with a caller more and its output held.</summary>
    /// <param name="isThere">Whether a run can still be asked for, and holds its output if so.</param>
    /// <returns>Null when the token stands for none. A fault when it stands for another request's.</returns>
    public Outcome<Run>? Find(ClientToken token, string caller, Func<Run, bool> isThere)
    {
        lock (_lock)
        {
            return FindLocked(token, caller, isThere);
        }
    }

    /// <summary>As <see cref="Find"/>, with a new run where there is none.</summary>
    /// <param name="make">Called under the lock: it must neither block, nor write, nor start anything.</param>
    public Outcome<AcceptedRun> FindOrAdd(ClientToken? token, string caller, Func<Run, bool> isThere, Func<Outcome<Run>> make)
    {
        lock (_lock)
        {
            if (token is not null && FindLocked(token, caller, isThere) is { } found)
            {
                return found.Then<AcceptedRun>(run => new AcceptedRun(run, IsAttached: true));
            }

            return make().Then<AcceptedRun>(run =>
            {
                run.Output.TryHold();
                Add(run, caller);
                return new AcceptedRun(run, IsAttached: false);
            });
        }
    }

    /// <summary>The run's token, if it has one, stands for it from now on.</summary>
    public void Know(Run run)
    {
        if (run.Token is { } token)
        {
            lock (_lock)
            {
                _runs[token.Text] = run;
            }
        }
    }

    public void Join(RunId run, string caller)
    {
        lock (_lock)
        {
            Join(_callers, run, caller);
            _expected.GetValueOrDefault(run)?.Came(caller);
        }
    }

    /// <summary>Those callers were there in the instance before; they count until <see cref="Expire"/>, and on if they have joined by then.</summary>
    /// <param name="lastToLeave">Who counts as the last to have left if none of them comes; null for nobody.</param>
    public void Expect(RunId run, IReadOnlyList<string> callers, RunCaller? lastToLeave = null)
    {
        lock (_lock)
        {
            _expected[run] = new Expected(callers) { LastToLeave = lastToLeave };
            foreach (string caller in callers)
            {
                Join(_callers, run, caller);
            }
        }
    }

    /// <summary>Callers that have not come count no more.</summary>
    /// <returns>Who was the last to leave, if nobody is left; null when somebody is, or nobody has left.</returns>
    public RunCaller? Expire(Run run)
    {
        lock (_lock)
        {
            if (!_expected.Remove(run.Id, out Expected? expected) || !_callers.TryGetValue(run.Id, out HashSet<string>? callers))
            {
                return null;
            }

            callers.ExceptWith(expected.Missing);
            if (callers.Count > 0)
            {
                return null;
            }

            _callers.Remove(run.Id);
            return expected.LastToLeave;
        }
    }

    /// <param name="whenLast">Called under the lock when no caller is left; as for <c>make</c>.</param>
    public void Leave(Run run, RunCaller caller, Action whenLast)
    {
        lock (_lock)
        {
            if (_callers.TryGetValue(run.Id, out HashSet<string>? callers))
            {
                callers.Remove(caller.Id);
                if (_expected.TryGetValue(run.Id, out Expected? expected))
                {
                    expected.Came(caller.Id);
                    expected.LastToLeave = caller;
                }

                if (callers.Count > 0)
                {
                    return;
                }

                _callers.Remove(run.Id);
            }

            whenLast();
        }
    }

    /// <summary>The run has ended: nothing comes of its callers any more.</summary>
    public void Dismiss(Run run)
    {
        lock (_lock)
        {
            _callers.Remove(run.Id);
            _expected.Remove(run.Id);
        }
    }

    /// <summary>The run cannot be asked for any more: its token is free.</summary>
    public void Forget(Run run)
    {
        lock (_lock)
        {
            _callers.Remove(run.Id);
            if (run.Token is { } token && _runs.TryGetValue(token.Text, out Run? known) && ReferenceEquals(known, run))
            {
                _runs.Remove(token.Text);
            }
        }
    }

    private Outcome<Run>? FindLocked(ClientToken token, string caller, Func<Run, bool> isThere)
    {
        if (!_runs.TryGetValue(token.Text, out Run? run) || !isThere(run))
        {
            return null;
        }

        if (run.Token != token)
        {
            run.Output.Release();
            return (Outcome<Run>)new Fault(
                FaultKind.AlreadyExists,
                $"client_token {Quoted.Of(token.Text)} is that of run {run.Id} of task '{run.Task}', which was asked for with another task, other variables or another input: attach to that run by its id, or use a new token");
        }

        Join(_callers, run.Id, caller);
        return run;
    }

    private void Add(Run run, string caller)
    {
        if (run.Token is { } token)
        {
            _runs[token.Text] = run;
        }

        Join(_callers, run.Id, caller);
    }

    private sealed class Expected(IEnumerable<string> callers)
    {
        private readonly HashSet<string> _missing = [.. callers];

        public IReadOnlyCollection<string> Missing => _missing;

        public RunCaller? LastToLeave { get; set; }

        public void Came(string caller) => _missing.Remove(caller);
    }

    private static void Join(Dictionary<RunId, HashSet<string>> callers, RunId run, string caller)
    {
        if (!callers.TryGetValue(run, out HashSet<string>? some))
        {
            callers.Add(run, some = []);
        }

        some.Add(caller);
    }
}
