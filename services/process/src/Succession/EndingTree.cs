namespace PvExec.Processes.Succession;

/// <summary>A tree of processes that has got SIGTERM.</summary>
/// <param name="Child">pv-init's number of its leader.</param>
/// <param name="Left">Until SIGKILL; zero when it is time.</param>
internal readonly record struct EndingTree(ulong Child, TimeSpan Left);
