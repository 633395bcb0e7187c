using Grpc.Core;

namespace PvExec.Front.Tests.Rig;

/// <summary>A streaming gRPC service of the tests' own, under a name that the front knows.</summary>
internal static class Streams
{
    private static readonly Marshaller<string> Text = Marshallers.Create(
        System.Text.Encoding.UTF8.GetBytes,
        bytes => System.Text.Encoding.UTF8.GetString(bytes));

    /// <summary>The service ends the call after this message, whatever may still come.</summary>
    public const string Last = "last";

    /// <summary>Sends messages of 10,000 bytes for as long as anybody takes them.</summary>
    public static readonly Method<string, string> Flood = new(MethodType.ServerStreaming, "pvexec.v1.Tasks", "Flood", Text, Text);

    /// <summary>Answers every message with itself, as it comes.</summary>
    public static readonly Method<string, string> Echo = new(MethodType.DuplexStreaming, "pvexec.v1.Tasks", "Echo", Text, Text);
}
