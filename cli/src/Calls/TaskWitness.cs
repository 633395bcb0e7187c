using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary>Sees a run of <c>exec -w</c>: tells who waits, and makes the terminal raw while the task has it.</summary>
internal sealed class TaskWitness(RunNotices notices, ExecWords words, Surroundings surroundings) : IRunWitness, IDisposable
{
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards the two fields below: a run that is given up may start at that moment.</summary>
    private readonly Lock _lock = new();

    private IDisposable? _raw;
    private bool _isOver;

    public string? RunId { get; private set; }

    /// <summary>Completes when <see cref="RunId"/> is there.</summary>
    public Task IsAccepted => _accepted.Task;

    /// <summary>When its processes were started; null until that is told.</summary>
    public DateTimeOffset? Start { get; private set; }

    /// <summary>How much of the output was not to be had.</summary>
    public ulong MissingBytes { get; private set; }

    public RunNotices Notices => notices;

    /// <summary>Done once, when the task runs.</summary>
    public Action OnStarted { get; set; } = () => { };

    public void Accepted(string runId)
    {
        RunId = runId;
        notices.Accepted(runId, words.Verbose);
        _accepted.TrySetResult();
    }

    public void Queued(Queued queued) => notices.Queued(queued);

    public void Started()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            if (words.Terminal)
            {
                _raw = surroundings.Terminal.MakeRaw();
                notices.IsRaw = true;
            }
        }

        OnStarted();
    }

    public void StartedAt(DateTimeOffset time) => Start = time;

    public void Missing(OutputStream stream, ulong bytes)
    {
        MissingBytes += bytes;
        notices.Missing(stream, bytes);
    }

    public void Broke() => notices.Broke(RunId);

    /// <summary>Gives the terminal back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _raw?.Dispose();
            _raw = null;
            notices.IsRaw = false;
        }
    }
}
