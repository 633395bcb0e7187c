using PvExec.Exec.Core.Tasks;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <summary>Bounds the runs that wait for their locks, in number and in what they hold in memory.</summary>
internal sealed class WaitingRoom(int maxRuns, long maxInputBytes)
{
    /// <summary>Guards both counts; a leaf.</summary>
    private readonly Lock _lock = new();

    private int _runs;
    private long _inputBytes;

    public int Runs
    {
        get
        {
            lock (_lock)
            {
                return _runs;
            }
        }
    }

    /// <returns>Null, or why there is no room.</returns>
    public Fault? Enter(int inputBytes, TaskDefinition task)
    {
        lock (_lock)
        {
            if (_runs >= maxRuns)
            {
                return Full(task, $"{_runs} runs wait for their locks");
            }

            if (_inputBytes + inputBytes > maxInputBytes)
            {
                return Full(task, $"runs that wait for their locks hold {_inputBytes} bytes of input, and this one has {inputBytes}");
            }

            _runs++;
            _inputBytes += inputBytes;
            return null;
        }
    }

    /// <summary>For one that an earlier instance has let in.</summary>
    public void EnterAnyway(int inputBytes)
    {
        lock (_lock)
        {
            _runs++;
            _inputBytes += inputBytes;
        }
    }

    public void Leave(int inputBytes)
    {
        lock (_lock)
        {
            _runs--;
            _inputBytes -= inputBytes;
        }
    }

    private static Fault Full(TaskDefinition task, string why) =>
        new(FaultKind.ResourceExhausted, $"task '{task.Name}' would have to wait ({task.Scopes}) and {why}: try again when some of these have ended");
}
