using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Event: the lock of <see cref="ScopeHeld"/> was given back.</summary>
/// <param name="Scope">Its name.</param>
/// <param name="Holder">Whose lock it was.</param>
public sealed record ScopeFreed(string Scope, string Holder) : IBusMessage<ScopeFreed>
{
    public static string Kind => "exec.scope.freed";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Scope);
        writer.Write(Holder);
    }

    public static ScopeFreed Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new ScopeFreed(reader.ReadText(), reader.ReadText());
    }
}
