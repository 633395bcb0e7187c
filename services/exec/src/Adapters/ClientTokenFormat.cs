using MessagePack;
using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Adapters;

/// <summary>A client token in MessagePack: an array of its text and its fingerprint, or nil. Later versions add fields at its end.</summary>
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

        int fields = reader.ReadArrayHeader();
        if (fields < Fields || reader.ReadString() is not { } text || reader.ReadString() is not { } fingerprint)
        {
            throw new MessagePackSerializationException("a client token without its text or its fingerprint");
        }

        for (int later = Fields; later < fields; later++)
        {
            reader.Skip();
        }

        return new ClientToken(text, fingerprint);
    }
}
