using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Event: a scope is held or waited for by others than before.</summary>
/// <param name="Scope">Its name.</param>
/// <param name="Readers">How many hold it to read.</param>
/// <param name="IsWritten">Whether one holds it to write.</param>
/// <param name="Waiting">How many wait for it.</param>
public sealed record ScopeChanged(string Scope, int Readers, bool IsWritten, int Waiting) : IBusMessage<ScopeChanged>
{
    public static string Kind => "exec.scope.changed";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Scope);
        writer.Write(Readers);
        writer.Write(IsWritten);
        writer.Write(Waiting);
    }

    public static ScopeChanged Read(ref MessagePackReader reader)
    {
        reader.ReadFields(4);
        return new ScopeChanged(reader.ReadText(), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadInt32());
    }
}
