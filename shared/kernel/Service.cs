namespace PvExec.Kernel;

/// <summary>The daemons that pv-init keeps.</summary>
public enum Service
{
    Front,
    Exec,
    Process,
    Worktree,
}

/// <summary>The names of the daemons.</summary>
public static class Services
{
    public static readonly IReadOnlyList<Service> All = [Service.Front, Service.Exec, Service.Process, Service.Worktree];

    /// <summary>The name on the command line, in socket names and in logs.</summary>
    public static string Name(this Service service) => service switch
    {
        Service.Front => "front",
        Service.Exec => "exec",
        Service.Process => "process",
        Service.Worktree => "worktree",
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };

    /// <summary>The file name of the daemon's program.</summary>
    public static string Program(this Service service) => "pv-" + service.Name();

    /// <summary>The service of that name, or null.</summary>
    public static Service? Parse(string name)
    {
        foreach (Service service in All)
        {
            if (service.Name() == name)
            {
                return service;
            }
        }

        return null;
    }
}
