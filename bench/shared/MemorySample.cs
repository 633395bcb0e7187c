namespace PvExec.Bench;

/// <summary>The memory of one kind of process over several runs.</summary>
public sealed class MemorySample
{
    public Sample Resident { get; } = new();

    public Sample Proportional { get; } = new();

    public void Add(ProcessMemory memory)
    {
        Resident.Add(memory.ResidentBytes);
        Proportional.Add(memory.ProportionalBytes);
    }
}
