using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init: put a new instance of a service in the place of the one that runs. Answered by Done once the new one is ready, or by Failed.</summary>
/// <param name="Service">Its name, such as <c>exec</c>.</param>
public sealed record RestartService(string Service) : IInitMessage<RestartService>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.RestartService;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Service);
    }

    public static RestartService Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new RestartService(
            Fields.Text(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
