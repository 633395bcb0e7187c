using System.Text;

namespace PvExec.Init.Core;

/// <summary>A datagram of sd_notify(3), as far as it is acted upon.</summary>
/// <param name="Status">Null when it says nothing of it.</param>
internal readonly record struct NotifyMessage(bool Ready, bool Stopping, string? Status)
{
    /// <summary>Lines of <c>NAME=value</c>; unknown ones are skipped, as the manual page wants it.</summary>
    public static NotifyMessage Parse(ReadOnlySpan<byte> datagram)
    {
        bool ready = false, stopping = false;
        string? status = null;
        foreach (Range range in datagram.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = datagram[range];
            if (line.SequenceEqual("READY=1"u8))
            {
                ready = true;
            }
            else if (line.SequenceEqual("STOPPING=1"u8))
            {
                stopping = true;
            }
            else if (line.StartsWith("STATUS="u8))
            {
                status = Encoding.UTF8.GetString(line[7..]);
            }
        }

        return new NotifyMessage(ready, stopping, status);
    }
}
