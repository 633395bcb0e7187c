using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Processes.Proxy;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Engine;

/// <summary>One instance takes the place of another.</summary>
internal sealed partial class ProcessEngine
{
    // pv-init takes 250 with a hand-over; what is kept elsewhere too, or can be lost without a process noticing, comes last.
    private const int MaxDescriptors = 250;

    private readonly List<ReleasedPort> _released = [];

    /// <summary>
    /// Decides nothing from here on: no spawn, no signal, no acknowledgement, no record, no port opened or closed. What was
    /// begun is finished up to the next point at which another instance can go on.
    /// </summary>
    public async Task<Legacy> HandOverAsync()
    {
        await EndMandateAsync();
        var descriptors = new List<KeptDescriptor>();
        var processes = new List<KeptProcess>();
        foreach (Keeper keeper in _keepers.Values)
        {
            if (await keeper.ReleasePortAsync() is { } port)
            {
                _released.Add(port);
                descriptors.AddRange(ExposedPorts.Descriptors(keeper.Name, port));
            }

            if (keeper.Keep() is { } kept)
            {
                processes.Add(kept);
            }
        }

        descriptors.AddRange(await world.Outputs.StopAsync());
        return new Legacy(
            new ProcessTable([.. world.Ender.Asked], [.. processes]).Encode(),
            [.. descriptors.OrderByDescending(ExposedPorts.IsListening).Take(MaxDescriptors)]);
    }

    /// <summary>Stays for the connections that are carried, after a hand-over.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        // The new instance has them. Left open here, a port that it closes would stay bound, and a client's connection too.
        _released.ForEach(port => port.Close());
        await world.Ports.Connections.EndedAsync(cancellationToken);
    }

    /// <summary>How what an earlier instance had begun with the process ended; at once when that was nothing.</summary>
    public async Task<Outcome<Unit>> ResumedAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } keeper)
        {
            // It was a removal, and it is done.
            return Unit.Value;
        }

        return await keeper.Resumed.WaitAsync(cancellationToken) ?? await world.Successor.ResultOfAsync(name, cancellationToken);
    }

    private async Task EndMandateAsync()
    {
        await world.Mandate.EndAsync();
        await _watching;
    }

    private ProcessTable TableOf(Inheritance inheritance)
    {
        if (!inheritance.IsHandedOver)
        {
            return ProcessTable.Empty;
        }

        if (ProcessTable.Decode(inheritance.Table) is { } table)
        {
            return table;
        }

        ProcessLog.TableUnreadable(world.Log, inheritance.Table.Length);
        return ProcessTable.Empty;
    }
}
