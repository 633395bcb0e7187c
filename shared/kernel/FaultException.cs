namespace PvExec.Kernel;

/// <summary>Carries a <see cref="Fault"/> through code that cannot return one (a stream, a constructor, a library's callback).</summary>
public sealed class FaultException(Fault fault, Exception? inner = null) : Exception(fault.Detail, inner)
{
    public Fault Fault { get; } = fault;
}
