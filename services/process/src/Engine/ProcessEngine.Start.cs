using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Engine;

/// <summary>Start and stop of the service.</summary>
internal sealed partial class ProcessEngine
{
    /// <summary>Finds again what an earlier pv-process started, and begins to watch. Before any call.</summary>
    public void Start()
    {
        var children = new Dictionary<string, List<(ulong Generation, Child Child)>>(StringComparer.Ordinal);
        var unclaimed = new List<Child>();
        foreach (Child child in world.Init.Owned)
        {
            if (SpawnNote.Decode(child.State) is not { } note)
            {
                unclaimed.Add(child);
                continue;
            }

            if (!children.TryGetValue(note.Process, out List<(ulong, Child)>? ofName))
            {
                children[note.Process] = ofName = [];
            }

            ofName.Add((note.Generation, child));
        }

        var resumed = new List<Task>();
        foreach (SpecRecord record in world.Store.LoadAll())
        {
            children.Remove(record.Spec.Name, out List<(ulong Generation, Child Child)>? ofName);
            resumed.Add(Restore(record, ofName ?? []));
        }

        // Children without a record were being removed when the earlier pv-process died.
        unclaimed.AddRange(children.Values.SelectMany(list => list.Select(entry => entry.Child)));
        resumed.AddRange(unclaimed.Select(EndUnclaimedAsync));
        _resuming = Task.WhenAll(resumed);
        _watching = Task.Run(() => world.Watcher.RunAsync(_leaving.Token));
    }

    /// <summary>Ends every process for the stop of the whole system. Returns as soon as all have ended.</summary>
    public async Task StopAsync(TimeSpan timeLeft)
    {
        world.StartStopping();
        TimeSpan grace = timeLeft * world.Timing.StopShare;
        await Task.WhenAll(_keepers.Values.Select(keeper => keeper.StopAsync(grace)));

        // A call that was under way may have started one more meanwhile; from now on none can.
        await Task.WhenAll(_keepers.Values.Select(StopLateAsync));
        await _resuming;
        world.Store.Clear();
    }

    private async Task StopLateAsync(Keeper keeper)
    {
        await keeper.Gate.WaitAsync();
        try
        {
            await keeper.StopAsync(TimeSpan.Zero);
        }
        finally
        {
            keeper.Gate.Release();
        }
    }

    /// <returns>What of it takes time. The name's calls wait for it.</returns>
    private Task Restore(SpecRecord record, IReadOnlyList<(ulong Generation, Child Child)> children)
    {
        var keeper = new Keeper(record.Spec.Name, world);
        _keepers[record.Spec.Name] = keeper;
        Child? own = children.Where(entry => entry.Generation == record.Generation).Select(entry => entry.Child).FirstOrDefault();
        List<Child> others = [.. children.Select(entry => entry.Child).Where(child => child != own)];
        if (own is not null)
        {
            keeper.Adopt(record, own);
        }
        else if (record.Ended || record.InitInstance != world.InitInstance.Id)
        {
            // It has ended, or it was another pv-init's, which took it along.
            keeper.AdoptFinished(record);
        }
        else
        {
            return ResumeAsync(keeper, record, others);
        }

        return Task.WhenAll(others.Select(EndUnclaimedAsync));
    }

    private static async Task ResumeAsync(Keeper keeper, SpecRecord record, List<Child> earlier)
    {
        await keeper.Gate.WaitAsync();
        try
        {
            await keeper.ResumeAsync(record, earlier);
        }
        finally
        {
            keeper.Gate.Release();
        }
    }

    private async Task EndUnclaimedAsync(Child child)
    {
        ProcessLog.Unclaimed(world.Log, child.Label, child.Pid);
        Outcome<Unit> ended = await world.Ender.EndAsync(child.Label, child, world.Timing.Grace);
        if (ended.Succeeded(out Fault? fault))
        {
            await world.Init.AcknowledgeAsync(child, CancellationToken.None);
        }
        else
        {
            ProcessLog.SignalFailed(world.Log, 9, child.Label, fault.Detail);
        }
    }
}
