using MessagePack;

namespace PvExec.Proto.Bus;

/// <summary>
/// A message of the bus: one MessagePack array, written and read by hand. A field is only ever added at the end: a
/// reader takes the fields that it knows and leaves the rest.
/// </summary>
public interface IBusMessage<TSelf>
    where TSelf : IBusMessage<TSelf>
{
    /// <summary>The name on the wire, and the topic of an event: <c>service.subject.verb</c>.</summary>
    static abstract string Kind { get; }

    void Write(ref MessagePackWriter writer);

    /// <exception cref="MessagePackSerializationException">The fields are not those of this message.</exception>
    static abstract TSelf Read(ref MessagePackReader reader);
}
