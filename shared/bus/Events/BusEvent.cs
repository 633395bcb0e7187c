namespace PvExec.Bus.Events;

/// <summary>An event as it arrives.</summary>
/// <param name="Message">What happened.</param>
/// <param name="Dropped">How many of this kind were lost just before it: we, or the bus, were too slow.</param>
public readonly record struct BusEvent<T>(T Message, long Dropped);
