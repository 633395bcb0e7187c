using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>How one instance of a service is, an element of <see cref="ServiceList"/>. The one that is the service comes first.</summary>
/// <param name="Name">Such as <c>exec</c>; <c>init</c> for pv-init itself.</param>
/// <param name="Pid">0 when it does not run.</param>
/// <param name="State">
/// Of the service: stopped, starting, ready, reloading, replacing, handing-over, taking-over, backing-off, stopping or failed. Of its
/// other instances: standby for one that is to take its place, leaving for one that was the service and still answers calls.
/// </param>
/// <param name="StatusText">Its last STATUS= of sd_notify(3), or empty.</param>
/// <param name="Restarts">How often it was started again.</param>
/// <param name="UptimeMilliseconds">Since its last start; 0 when it does not run.</param>
/// <param name="ResidentBytes">Its resident set; 0 when it does not run.</param>
public sealed record ServiceStatus(string Name, int Pid, string State, string StatusText, int Restarts, long UptimeMilliseconds, long ResidentBytes)
{
    private const int FieldCount = 7;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Name);
        writer.Write(Pid);
        writer.Write(State);
        writer.Write(StatusText);
        writer.Write(Restarts);
        writer.Write(UptimeMilliseconds);
        writer.Write(ResidentBytes);
    }

    internal static ServiceStatus Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var status = new ServiceStatus(
            Fields.Text(ref reader),
            reader.ReadInt32(),
            Fields.Text(ref reader),
            Fields.Text(ref reader),
            reader.ReadInt32(),
            reader.ReadInt64(),
            reader.ReadInt64());
        Fields.End(ref reader, count, FieldCount);
        return status;
    }
}
