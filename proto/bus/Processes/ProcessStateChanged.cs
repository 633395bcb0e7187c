using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Event: a managed process is in another state.</summary>
/// <param name="Name">The name that it was configured under.</param>
/// <param name="State">As in the contract: <c>NOT_RUNNING</c>, <c>STARTING</c>, <c>RUNNING</c>, <c>FINISHED</c>.</param>
/// <param name="Port">The TCP port that it listens on, or 0.</param>
public sealed record ProcessStateChanged(string Name, string State, int Port) : IBusMessage<ProcessStateChanged>
{
    public static string Kind => "process.state.changed";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Name);
        writer.Write(State);
        writer.Write(Port);
    }

    public static ProcessStateChanged Read(ref MessagePackReader reader)
    {
        reader.ReadFields(3);
        return new ProcessStateChanged(reader.ReadText(), reader.ReadText(), reader.ReadInt32());
    }
}
