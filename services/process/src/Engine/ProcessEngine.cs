using System.Collections.Concurrent;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Specs;
using ProcessState = PvExec.Contract.ProcessState;

namespace PvExec.Processes.Engine;

/// <summary>All names. Calls for one are carried out one after the other, for different ones side by side.</summary>
internal sealed partial class ProcessEngine(ProcessWorld world) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Keeper> _keepers = new(StringComparer.Ordinal);
    private Task _watching = Task.CompletedTask;
    private Task _resuming = Task.CompletedTask;

    /// <summary>The keeper of a configured name, or null.</summary>
    public Keeper? Find(string name) => _keepers.GetValueOrDefault(name);

    /// <summary>What runs now, by name.</summary>
    public IReadOnlyDictionary<string, Child> Living()
    {
        var living = new Dictionary<string, Child>(StringComparer.Ordinal);
        foreach (Keeper keeper in _keepers.Values)
        {
            if (keeper.Living is { } child)
            {
                living.Add(keeper.Name, child);
            }
        }

        return living;
    }

    /// <summary>All that are configured, in no order.</summary>
    public IEnumerable<ProcessView> Views() => _keepers.Values.Select(keeper => keeper.View()).OfType<ProcessView>();

    public ProcessState StateOf(string name) => Find(name)?.State ?? ProcessState.NotRunning;

    /// <summary>Starts a new name; the same specification on a known one changes nothing, another one is a fault.</summary>
    /// <param name="spec">Checked already.</param>
    /// <param name="cancellationToken">Ends the waiting for earlier calls, not what has begun: a start is not left half-way.</param>
    public async Task<Outcome<Unit>> EnableAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        while (!world.IsStopping)
        {
            Keeper keeper = _keepers.GetOrAdd(spec.Name, static (name, world) => new Keeper(name, world), world);
            if (await CallAsync(keeper, () => keeper.EnableAsync(spec), cancellationToken) is { } done)
            {
                return done;
            }
        }

        return new Fault(FaultKind.Unavailable, $"the system is stopping: process '{spec.Name}' is not started");
    }

    /// <inheritdoc cref="Keeper.RestartAsync"/>
    public async Task<Outcome<Unit>> RestartAsync(string name, IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> variables, CancellationToken cancellationToken)
    {
        while (_keepers.TryGetValue(name, out Keeper? keeper))
        {
            if (await CallAsync(keeper, () => keeper.RestartAsync(command, variables), cancellationToken) is { } done)
            {
                return done;
            }
        }

        return Keeper.Unknown(name);
    }

    /// <summary>Ends and forgets; an unknown name is accepted.</summary>
    public async Task<Outcome<Unit>> DisableAsync(string name, CancellationToken cancellationToken)
    {
        while (_keepers.TryGetValue(name, out Keeper? keeper))
        {
            if (await CallAsync(keeper, keeper.DisableAsync, cancellationToken) is { } done)
            {
                return done;
            }
        }

        return Unit.Value;
    }

    /// <summary>Leaves without touching what runs.</summary>
    public async ValueTask DisposeAsync() => await EndMandateAsync();

    /// <returns>Null when the name was removed meanwhile: look it up again.</returns>
    /// <exception cref="HandedOverException">A new instance has taken over before the call has done anything.</exception>
    private async Task<Outcome<Unit>?> CallAsync(Keeper keeper, Func<Task<Outcome<Unit>>> call, CancellationToken cancellationToken)
    {
        await keeper.Gate.WaitAsync(cancellationToken);
        try
        {
            if (keeper.IsRetired)
            {
                return null;
            }

            keeper.IsHalfDone = false;
            Outcome<Unit> outcome = await call();
            RetireIfForgotten(keeper);
            return outcome;
        }
        catch (OperationCanceledException) when (world.Mandate.IsOver)
        {
            if (!keeper.IsHalfDone)
            {
                throw new HandedOverException();
            }
        }
        finally
        {
            keeper.Gate.Release();
        }

        return await world.Successor.ResultOfAsync(keeper.Name, cancellationToken);
    }

    // The gate is held.
    private void RetireIfForgotten(Keeper keeper)
    {
        if (keeper.Phase == ProcessPhase.NotRunning)
        {
            keeper.IsRetired = true;
            _keepers.TryRemove(new KeyValuePair<string, Keeper>(keeper.Name, keeper));
        }
    }
}
