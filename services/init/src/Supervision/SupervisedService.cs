using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;

namespace PvExec.Init.Supervision;

/// <summary>A service and all that is known of it.</summary>
/// <param name="storeRoom">How many descriptors its store holds at most.</param>
internal sealed class SupervisedService(Service service, IReadOnlyList<ListeningDescriptor> sockets, int storeRoom)
{
    /// <summary>Earlier instances that still answer calls; a restart that would make it one more is refused.</summary>
    public const int MaxRetired = 64;

    public Service Service { get; } = service;

    public string Name { get; } = service.Name();

    public IReadOnlyList<ListeningDescriptor> Sockets { get; } = sockets;

    public ServiceState State { get; set; }

    /// <summary>The instance that is the service; null when it does not run.</summary>
    public ServiceInstance? Current { get; set; }

    /// <summary>The one that is to take its place.</summary>
    public ServiceInstance? Successor { get; set; }

    /// <summary>Those that were the service, and still answer the calls they had.</summary>
    public List<ServiceInstance> Retired { get; } = [];

    /// <summary>0 when it does not run.</summary>
    public int Pid => Current?.Pid ?? 0;

    /// <summary>The line of the instance that is the service, once it has been told what it owns.</summary>
    public Line? Line => Current is { Owns: true } current ? current.Line : null;

    /// <summary>That of the instance that ended last; 0 before the first.</summary>
    public int EndedPid { get; set; }

    public bool EverReady { get; set; }

    public CrashCount Crashes { get; set; }

    public DescriptorStore Store { get; } = new(storeRoom);

    public int Restarts { get; set; }

    /// <summary>When the back-off is over.</summary>
    public long RetryAt { get; set; } = long.MaxValue;

    /// <summary>When a start, or this part of a replacement, is to be over.</summary>
    public long LateAt { get; set; } = long.MaxValue;

    /// <summary>Null when no restart was asked for that is not answered yet.</summary>
    public RestartRequest? Restart { get; set; }

    /// <summary>The pid of the instance whose place the current one takes, until that is ready; 0 for none.</summary>
    public int Replaced { get; set; }

    public HandedOverState HandedOver { get; set; } = HandedOverState.Nothing;

    /// <summary>It is to be told to stop as soon as it can be.</summary>
    public bool StopPending { get; set; }

    /// <summary>Every process of it.</summary>
    public IEnumerable<ServiceInstance> Instances
    {
        get
        {
            if (Current is { } current)
            {
                yield return current;
            }

            if (Successor is { } successor)
            {
                yield return successor;
            }

            foreach (ServiceInstance retired in Retired)
            {
                yield return retired;
            }
        }
    }
}
