using MessagePack;
using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Adapters;

/// <summary>A client token in MessagePack: an array of its text and its fingerprint, or nil.</summary>
internal static class ClientTokenFormat
{
    private const int Fields = 2;

    public static void Write(this ref MessagePackWriter writer, ClientToken? token)
    {
        if (token is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(Fields);
        writer.Write(token.Text);
        writer.Write(token.Fingerprint);
    }

    public static ClientToken? ReadToken(this ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        return reader.ReadArrayHeader() == Fields && reader.ReadString() is { } text && reader.ReadString() is { } fingerprint
            ? new ClientToken(text, fingerprint)
            : throw new MessagePackSerializationException("a client token has other fields than its text and its fingerprint");
    }
}
