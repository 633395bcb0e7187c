using PvExec.Init.Children;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>Who a connection is, and what it is told first.</summary>
internal sealed partial class Supervisor
{
    private void Greet(Line line, in InitPacket packet)
    {
        if (!packet.TryRead(out Hello hello) || line.Greeted)
        {
            Malformed(line, "a Hello that cannot be read, or a second one");
            return;
        }

        if (hello.Version != InitProtocol.Version)
        {
            Reply(line, packet.Correlation, new Failed(
                (int)FaultKind.FailedPrecondition,
                $"pv-init speaks version {InitProtocol.Version} and the caller version {hello.Version}: use programs of one build"));
            Close(line);
            return;
        }

        line.Greeted = true;

        // A service may ask a question on a line beside its own: that one names no service, and does not replace it.
        ServiceInstance? instance = _options.ExternalServices ? Claimed(line, hello) : hello.Service.Length > 0 ? FindRunning(line.Peer.Pid) : null;
        if (instance is null || instance.Service.Retired.Contains(instance))
        {
            Reply(line, packet.Correlation, new Welcome(InitProtocol.Version, "", Standby: false));
            return;
        }

        if (instance.Line is { } earlier)
        {
            Close(earlier);
        }

        SupervisedService service = instance.Service;
        line.Instance = instance;
        instance.Line = line;
        bool standsBy = instance == service.Successor;
        if (!standsBy)
        {
            TellOwned(line, instance);
        }

        Reply(line, packet.Correlation, new Welcome(InitProtocol.Version, service.Name, standsBy));
        if (!standsBy && service.StopPending)
        {
            AskToStop(service);
        }
    }

    /// <summary>From here on the instance is the one that is told of exits and may ask for children.</summary>
    private void TellOwned(Line line, ServiceInstance instance)
    {
        bool isFirst = !instance.Owns;
        instance.Owns = true;
        foreach (ChildRecord child in _children.Of(instance.Service.Service))
        {
            Reply(line, 0, child.ToOwned(), child.Kept);
        }

        TellDropped(line, instance.Service);

        // On a later line it has them already.
        foreach (StoredDescriptor stored in instance.Service.Store.All.Where(one => isFirst && one.Number > instance.StorePassed))
        {
            Reply(line, 0, new Stored(stored.Name), [stored.Descriptor]);
        }
    }
}
