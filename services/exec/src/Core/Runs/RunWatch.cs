using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Core.Runs;

/// <summary>Which runs have changed since somebody looked. However slowly that is, it holds each run once, and a bounded number.</summary>
public sealed class RunWatch : IDisposable
{
    /// <summary>Beyond that it is simpler to look at all runs again.</summary>
    internal const int MaxChanged = 4096;

    private readonly RunWatches _watches;
    private readonly ChangeSignal _signal = new();

    /// <summary>Guards all below; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly HashSet<Run> _changed = [];
    private bool _isAll = true;

    internal RunWatch(RunWatches watches) => _watches = watches;

    /// <summary>Completes when there is something new. Ask for it, then for what is new, then await it.</summary>
    public Task Changed() => _signal.Next();

    /// <summary>What has changed since the last call, or null.</summary>
    public RunNews? Next()
    {
        lock (_lock)
        {
            if (!_isAll && _changed.Count == 0)
            {
                return null;
            }

            var news = new RunNews(_isAll, [.. _changed.OrderBy(run => run.Id.Value, StringComparer.Ordinal)]);
            _isAll = false;
            _changed.Clear();
            return news;
        }
    }

    public void Dispose() => _watches.Close(this);

    internal void Note(Run run)
    {
        lock (_lock)
        {
            if (!_isAll && _changed.Add(run) && _changed.Count > MaxChanged)
            {
                _isAll = true;
                _changed.Clear();
            }
        }

        _signal.Set();
    }
}
