using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>One kind of message: an array of fields, to which later versions may append.</summary>
public interface IInitMessage<TSelf>
    where TSelf : IInitMessage<TSelf>
{
    static abstract MessageType Type { get; }

    void Write(ref MessagePackWriter writer);

    /// <exception cref="MessagePackSerializationException">The bytes are no such message.</exception>
    static abstract TSelf Read(ref MessagePackReader reader);
}
