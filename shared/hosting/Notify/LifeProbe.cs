namespace PvExec.Hosting.Notify;

/// <summary>Something that a service which works answers to itself.</summary>
/// <param name="What">For the log, such as <c>its socket</c>.</param>
/// <param name="AskAsync">Completes when it has answered. A failure says nothing of the service: there may be no descriptor left to ask with.</param>
internal sealed record LifeProbe(string What, Func<CancellationToken, Task> AskAsync);
