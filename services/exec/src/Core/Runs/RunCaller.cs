namespace PvExec.Exec.Core.Runs;

/// <summary>A call that is there for a run, for as long as it is open.</summary>
/// <param name="Id">Its own, also when it goes on at another instance of the service.</param>
/// <param name="OnDisconnect">What it wants for the run if it is the last to go.</param>
public sealed record RunCaller(string Id, OnDisconnect OnDisconnect)
{
    public static RunCaller New(OnDisconnect onDisconnect) => new(Guid.NewGuid().ToString("N"), onDisconnect);
}
