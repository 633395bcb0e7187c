using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Engine;

/// <summary>Start and stop of the service.</summary>
internal sealed partial class ProcessEngine
{
    /// <summary>Finds again what an earlier pv-process started, and begins to watch. Before any call.</summary>
    public void Start(Inheritance inheritance)
    {
        ProcessTable table = TableOf(inheritance);
        world.Ender.Inherit(table.Ending);
        world.Ports.Inherit([.. inheritance.HandedOver, .. inheritance.Stored]);
        world.Outputs.Inherit(inheritance.HandedOver);
        Dictionary<string, KeptProcess> kept = table.Processes.ToDictionary(one => one.Name, StringComparer.Ordinal);
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

        // Begun only when all ports that nobody goes on with are closed: what is started may want one of them.
        var later = new List<Func<Task>>();
        foreach (SpecRecord record in world.Store.LoadAll())
        {
            if (world.Main.HasCommand && world.Main.Is(record.Spec.Name) && record.InitInstance != world.InitInstance.Id)
            {
                // The command that this daemon was given counts, not that of an earlier one.
                world.Store.Delete(record.Spec.Name);
                continue;
            }

            children.Remove(record.Spec.Name, out List<(ulong Generation, Child Child)>? ofName);
            Restore(record, ofName ?? [], kept.GetValueOrDefault(record.Spec.Name), later);
        }

        world.Ports.CloseUnclaimed();

        // Children without a record were being removed when the earlier pv-process died.
        unclaimed.AddRange(children.Values.SelectMany(list => list.Select(entry => entry.Child)));
        later.AddRange(unclaimed.Select<Child, Func<Task>>(child => () => EndUnclaimedAsync(child)));
        _resuming = Task.WhenAll([.. later.Select(resume => resume())]);

        // Before the first caller: nobody is to see a process that listens as one that starts.
        world.Watcher.Look();
        _watching = Task.Run(() => world.Watcher.RunAsync(world.Mandate.Over));
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

    /// <param name="later">Gets what of it takes time. The name's calls wait for it.</param>
    private void Restore(SpecRecord record, IReadOnlyList<(ulong Generation, Child Child)> children, KeptProcess? kept, List<Func<Task>> later)
    {
        var keeper = new Keeper(record.Spec.Name, world);
        _keepers[record.Spec.Name] = keeper;
        if (record.IsRemoval)
        {
            later.Add(() => ResumeAsync(keeper, () => keeper.ResumeRemovalAsync(record, [.. children.Select(entry => entry.Child)])));
            return;
        }

        Child? own = children.Where(entry => entry.Generation == record.Generation).Select(entry => entry.Child).FirstOrDefault();
        List<Child> others = [.. children.Select(entry => entry.Child).Where(child => child != own)];
        if (own is not null)
        {
            keeper.Adopt(record, own, kept?.Generation == record.Generation ? kept : null);
        }
        else if (record.Ended || record.InitInstance != world.InitInstance.Id)
        {
            // It has ended, or it was another pv-init's, which took it along.
            keeper.AdoptFinished(record);
        }
        else
        {
            later.Add(() => ResumeAsync(keeper, () => keeper.ResumeStartAsync(record, others)));
            return;
        }

        later.AddRange(others.Select<Child, Func<Task>>(child => () => EndUnclaimedAsync(child)));
    }

    private Task ResumeAsync(Keeper keeper, Func<Task<Outcome<Unit>>> resume) => keeper.Resumed = WithGateAsync(keeper, resume);

    // Up to the first wait it runs at once: no call comes before it.
    private async Task<Outcome<Unit>?> WithGateAsync(Keeper keeper, Func<Task<Outcome<Unit>>> resume)
    {
        await keeper.Gate.WaitAsync();
        try
        {
            Outcome<Unit> resumed = await resume();
            RetireIfForgotten(keeper);
            return resumed;
        }
        catch (OperationCanceledException) when (world.Mandate.IsOver)
        {
            // Whoever waits for it asks the next instance.
            return null;
        }
        finally
        {
            keeper.Gate.Release();
        }
    }

    private async Task EndUnclaimedAsync(Child child)
    {
        ProcessLog.Unclaimed(world.Log, child.Label, child.Pid);
        try
        {
            Outcome<Unit> ended = await world.Ender.EndAsync(child.Label, child, world.Timing.Grace);
            if (ended.Succeeded(out Fault? fault))
            {
                using (world.Mandate.Enter())
                {
                    await world.Init.AcknowledgeAsync(child, CancellationToken.None);
                }
            }
            else
            {
                ProcessLog.SignalFailed(world.Log, 9, child.Label, fault.Detail);
            }
        }
        catch (OperationCanceledException) when (world.Mandate.IsOver)
        {
            // The next instance finds it as this one did.
            return;
        }
    }
}
