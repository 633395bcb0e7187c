using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Event: a managed process listens on another port, or is exposed under another one.</summary>
/// <param name="Name">The name that it was configured under.</param>
/// <param name="Port">The TCP port that it listens on, or 0.</param>
/// <param name="ExposedPort">Where the front of the proxy is open for it, or 0.</param>
public sealed record ProcessPortChanged(string Name, int Port, int ExposedPort) : IBusMessage<ProcessPortChanged>
{
    public static string Kind => "process.port.changed";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Name);
        writer.Write(Port);
        writer.Write(ExposedPort);
    }

    public static ProcessPortChanged Read(ref MessagePackReader reader)
    {
        reader.ReadFields(3);
        return new ProcessPortChanged(reader.ReadText(), reader.ReadInt32(), reader.ReadInt32());
    }
}
