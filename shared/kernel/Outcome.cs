using System.Diagnostics.CodeAnalysis;

namespace PvExec.Kernel;

/// <summary>A value, or the fault that stands in its place.</summary>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Fault? fault)
    {
        _value = value;
        Fault = fault;
    }

    /// <summary>The fault, or null when there is a value.</summary>
    public Fault? Fault { get; }

    /// <summary>The value.</summary>
    /// <exception cref="FaultException">There is none.</exception>
    public T Value => Fault is null ? _value! : throw new FaultException(Fault);

    public bool Succeeded([NotNullWhen(false)] out Fault? fault)
    {
        fault = Fault;
        return fault is null;
    }

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Fault? fault)
    {
        value = _value;
        fault = Fault;
        return fault is null;
    }

    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) => Fault is null ? next(_value!) : Fault;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Fault fault) => new(default, fault);
}

/// <summary>The value of an operation that has none.</summary>
public readonly record struct Unit
{
    public static Unit Value => default;
}
