using System.Collections.Concurrent;
using PvExec.Exec.Adapters;
using PvExec.Exec.Tests.Adapters;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Model;

/// <summary>One instance of the service after the other over one pv-init, and beside them a reference that says what has to be.</summary>
/// <remarks>
/// Every choice depends on the seed and on the reference only, and each step is over when all that the reference expects
/// of it has come; so a seed takes the same steps each time, however the threads of the
/// service run; but for the steps that race on purpose, which are over in one of two ways.
/// </remarks>
internal sealed partial class ModelWorld : IAsyncDisposable
{
    private const int MostClaims = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _root = new();
    private readonly TemporaryDirectory _runtime = new();
    private readonly ManualClock _clock = new();
    private readonly FakeStore _store = new();
    private readonly ModelOccupancy _occupancy = new();
    private readonly ConcurrentDictionary<string, int> _ends = new();
    private readonly ModelQueue _queue = new();
    private readonly Dictionary<string, Outcome<ExitStatus>> _ended = [];
    private readonly Dictionary<string, int> _processes = [];
    private readonly Random _random;
    private readonly ModelTask[] _tasks;
    private readonly ModelInit _init;
    private ModelObserver _observer;
    private Instance _instance;
    private int _accepted;
    private string _doing = "nothing yet";

    public ModelWorld(int seed)
    {
        _random = new Random(seed);
        _tasks = [.. Enumerable.Range(0, 12).Select(number => ModelTask.Random(_random, number))];
        foreach (ModelTask task in _tasks)
        {
            task.Write(_root);
        }

        Dictionary<string, ModelScopes> scopes = _tasks.ToDictionary(task => _root.At(task.Name), task => task.Scopes);
        _init = new ModelInit(_occupancy, directory => scopes[directory], _clock);
        (_instance, _observer) = NewInstance();
    }

    /// <summary>What the step was that is under way, or the last one.</summary>
    public string Doing => _doing;

    public async Task StepAsync()
    {
        await MoveClockAsync(TimeSpan.FromMilliseconds(_random.Next(3)));
        int kind = _random.Next(1000);
        Task step = kind switch
        {
            < 400 => SubmitAsync(),
            < 690 => EndProcessAsync(),
            < 730 => CancelAsync(),
            < 760 => EndAndWithdrawAsync(),
            < 830 => AcquireAsync(),
            < 870 => ReleaseAsync(),
            < 890 => RenewAsync(),
            < 910 => LoseHolderAsync(),
            < 925 => GiveUpAsync(),
            < 960 => MoveClockAsync(TimeSpan.FromMilliseconds(_random.Next(1, 4000))),
            < 980 => EditAsync(),
            < 988 => KillAsync(),
            _ => HandOverAsync(),
        };
        await step;
        await SettleAsync();
        Check();
    }

    /// <summary>All that runs is ended: all that waits has to get its turn, and nothing is left.</summary>
    public async Task EndAllAsync()
    {
        while (_queue.Claims.Count > 0)
        {
            await (_queue.Claims[0] switch
            {
                ModelRun run => EndAsync(run, ExitStatus.Exited(0)),
                ModelLease { Id: null } => MoveClockAsync(_instance.Leases.TimeToLive),
                ModelLease lease => EndLeaseAsync(lease),
                _ => throw new InvalidOperationException(),
            });
            await SettleAsync();
            Check();
        }

        await CheckNothingIsLeftAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _init.Cut();
        _observer.Kill();
        await _instance.DisposeAsync();
        _init.Dispose();
        _store.Dispose();
        _root.Dispose();
        _runtime.Dispose();
    }

    private (Instance Instance, ModelObserver Observer) NewInstance()
    {
        var observer = new ModelObserver(_occupancy, _ends);
        var options = new ExecOptions { MaxEndedRuns = MostEnded, MaxWaitingRuns = MostWaiting, MaxRunningRuns = MostRunning };
        return (new Instance(_root.Path, _runtime.Path, _init.Connect(), _store, _clock, options, observer), observer);
    }

    private T? Pick<T>(IEnumerable<T> some)
        where T : class
    {
        T[] all = [.. some];
        return all.Length == 0 ? null : all[_random.Next(all.Length)];
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>Whoever has to get its locks gets them, and those that follow from that.</summary>
    private async Task SettleAsync()
    {
        while (_queue.Due() is { Count: > 0 } due)
        {
            foreach (ModelClaim claim in due)
            {
                await (claim is ModelRun run ? SeeStartAsync(run) : SeeLeaseAsync((ModelLease)claim));
            }
        }
    }
}
