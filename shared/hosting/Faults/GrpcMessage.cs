using System.Text;

namespace PvExec.Hosting.Faults;

/// <summary>The text of a <c>grpc-message</c> header: UTF-8, with all but printable ASCII written as <c>%XX</c>.</summary>
public static class GrpcMessage
{
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7e && b != (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}
