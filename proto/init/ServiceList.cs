using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the services, in the order of the start.</summary>
public sealed record ServiceList(IReadOnlyList<ServiceStatus> Services) : IInitMessage<ServiceList>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.ServiceList;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteArrayHeader(Services.Count);
        foreach (ServiceStatus service in Services)
        {
            service.Write(ref writer);
        }
    }

    public static ServiceList Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var services = new ServiceStatus[reader.ReadArrayHeader()];
        for (int i = 0; i < services.Length; i++)
        {
            services[i] = ServiceStatus.Read(ref reader);
        }

        Fields.End(ref reader, count, FieldCount);
        return new ServiceList(services);
    }
}
