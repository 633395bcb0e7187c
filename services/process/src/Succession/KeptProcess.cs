using System.Collections.Immutable;
using PvExec.Linux.Ports;

namespace PvExec.Processes.Succession;

/// <summary>What an instance knows of a living process beside its record.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Generation">Which start of it.</param>
/// <param name="Listeners">What its tree listens on, in the order in which it was seen. The process is RUNNING when there are any.</param>
internal sealed record KeptProcess(string Name, ulong Generation, ImmutableArray<ListeningEndpoint> Listeners);
