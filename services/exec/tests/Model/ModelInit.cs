using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <summary>A pv-init that starts nothing and outlives the instances of the service.</summary>
/// <param name="scopesOf">What a task's directory declares.</param>
internal sealed class ModelInit(ModelOccupancy occupancy, Func<string, ModelScopes> scopesOf, TimeProvider time) : IDisposable
{
    /// <summary>A run with it in its environment cannot be started.</summary>
    public const string Refused = "MODEL_REFUSED=1";

    /// <summary>Guards all below. Only the occupancy's lock is taken inside.</summary>
    private readonly Lock _lock = new();

    private readonly SortedDictionary<ulong, ModelProcess> _kept = [];
    private ModelLine? _line;
    private ulong _lastId;

    /// <summary>The answers to spawns wait for it; the processes run already.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    /// <summary>That of the instance that is connected.</summary>
    public ModelLine Line => _line!;

    /// <summary>Those whose exits are not acknowledged.</summary>
    public IReadOnlyList<ModelProcess> Kept
    {
        get
        {
            lock (_lock)
            {
                return [.. _kept.Values];
            }
        }
    }

    /// <summary>Cuts the line of the instance before, and tells the new one what it owns.</summary>
    public ModelLine Connect()
    {
        lock (_lock)
        {
            Cut();
            return _line = new ModelLine(this) { Owned = [.. _kept.Values.Select(process => process.TellAgain())] };
        }
    }

    public void Cut()
    {
        lock (_lock)
        {
            if (_line is { } line)
            {
                line.IsCut = true;
            }
        }
    }

    public Outcome<Child> Spawn(ModelLine line, SpawnSpec spec)
    {
        lock (_lock)
        {
            if (line.IsCut)
            {
                throw new IOException("pv-init does not know this line any more");
            }

            bool isFilter = spec.Label.Contains('/', StringComparison.Ordinal);
            if (!isFilter && spec.Environment.Contains(Refused))
            {
                return new Fault(FaultKind.FailedPrecondition, "exec: refused by the model");
            }

            var process = new ModelProcess(++_lastId, spec, time.GetUtcNow());
            if (!_kept.Values.Any(other => other.Run == process.Run))
            {
                occupancy.Enter(process.Run, scopesOf(spec.WorkingDirectory));
            }

            _kept.Add(process.Id, process);
            return process.Child;
        }
    }

    public void Signal(ModelLine line, Child child, int signal)
    {
        ModelProcess? process;
        lock (_lock)
        {
            if (line.IsCut || !_kept.TryGetValue(child.Id, out process))
            {
                return;
            }
        }

        End(process, ExitStatus.Signaled(signal));
    }

    public void End(ModelProcess process, ExitStatus status)
    {
        lock (_lock)
        {
            if (process.Status is not null)
            {
                return;
            }

            process.End(status, time.GetUtcNow());
            if (!_kept.Values.Any(other => other.Run == process.Run && other.Status is null))
            {
                occupancy.Leave(process.Run);
            }

            process.TellEnd();
        }
    }

    public void Acknowledge(ModelLine line, Child child)
    {
        lock (_lock)
        {
            if (!line.IsCut && _kept.Remove(child.Id, out ModelProcess? process))
            {
                process.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (ModelProcess process in Kept)
        {
            process.Dispose();
        }
    }
}
