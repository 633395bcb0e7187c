using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Event: somebody got a lock on a scope.</summary>
/// <param name="Scope">Its name.</param>
/// <param name="Holder">Who: a run's id, a service's name.</param>
/// <param name="Reason">What for, for people.</param>
/// <param name="IsExclusive">Whether it is held to be written: by nobody else.</param>
public sealed record ScopeHeld(string Scope, string Holder, string Reason, bool IsExclusive) : IBusMessage<ScopeHeld>
{
    public static string Kind => "exec.scope.held";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Scope);
        writer.Write(Holder);
        writer.Write(Reason);
        writer.Write(IsExclusive);
    }

    public static ScopeHeld Read(ref MessagePackReader reader)
    {
        reader.ReadFields(4);
        return new ScopeHeld(reader.ReadText(), reader.ReadText(), reader.ReadText(), reader.ReadBoolean());
    }
}
