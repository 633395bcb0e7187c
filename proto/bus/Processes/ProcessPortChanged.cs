using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Event: a managed process listens on a TCP port, or no longer does.</summary>
/// <param name="Name">The name that it was configured under.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsListening">False when it stopped listening there.</param>
public sealed record ProcessPortChanged(string Name, int Port, bool IsListening) : IBusMessage<ProcessPortChanged>
{
    public static string Kind => "process.port.changed";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Name);
        writer.Write(Port);
        writer.Write(IsListening);
    }

    public static ProcessPortChanged Read(ref MessagePackReader reader)
    {
        reader.ReadFields(3);
        return new ProcessPortChanged(reader.ReadText(), reader.ReadInt32(), reader.ReadBoolean());
    }
}
