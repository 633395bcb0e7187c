using System.Buffers.Text;

namespace PvExec.Init.Core;

/// <summary>A datagram of sd_notify(3), as far as it is acted upon. Texts stay in it: nothing is allocated.</summary>
internal readonly record struct NotifyMessage
{
    public bool Ready { get; init; }

    public bool Reloading { get; init; }

    public bool Stopping { get; init; }

    /// <summary>Where in the datagram its status is; null when it says nothing of it.</summary>
    public Range? Status { get; init; }

    /// <summary>A sign of life.</summary>
    public bool Watchdog { get; init; }

    /// <summary>It asks to be dealt with as if it had been silent for too long.</summary>
    public bool WatchdogTrigger { get; init; }

    /// <summary>The time between signs of life from now on, in microseconds; 0 ends the watch; null when it says nothing of it.</summary>
    public long? WatchdogMicroseconds { get; init; }

    /// <summary>How much longer its start takes at the least, in microseconds from now on; null when it says nothing of it.</summary>
    public long? ExtendMicroseconds { get; init; }

    /// <summary>The main task has ended with that exit code (0 to 255); null when it says nothing of it.</summary>
    public int? MainExit { get; init; }

    /// <summary>Its descriptors are to be stored.</summary>
    public bool Store { get; init; }

    /// <summary>The stored descriptors of that name are to be closed.</summary>
    public bool StoreRemove { get; init; }

    /// <summary>Where in the datagram the name is, as given: see <see cref="StoreName"/>. Null when it is not.</summary>
    public Range? Name { get; init; }

    /// <summary>Lines of <c>NAME=value</c>; unknown ones are skipped, as the manual page wants it.</summary>
    public static NotifyMessage Parse(ReadOnlySpan<byte> datagram)
    {
        var message = new NotifyMessage();
        foreach (Range range in datagram.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = datagram[range];
            int equals = line.IndexOf((byte)'=');
            if (equals > 0)
            {
                message = message.With(line[..equals], line[(equals + 1)..], (range.Start.Value + equals + 1)..range.End.Value);
            }
        }

        return message;
    }

    private NotifyMessage With(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Range place)
    {
        bool isOne = value.SequenceEqual("1"u8);
        return this switch
        {
            _ when name.SequenceEqual("READY"u8) && isOne => this with { Ready = true },
            _ when name.SequenceEqual("RELOADING"u8) && isOne => this with { Reloading = true },
            _ when name.SequenceEqual("STOPPING"u8) && isOne => this with { Stopping = true },
            _ when name.SequenceEqual("STATUS"u8) => this with { Status = place },
            _ when name.SequenceEqual("WATCHDOG"u8) && isOne => this with { Watchdog = true },
            _ when name.SequenceEqual("WATCHDOG"u8) && value.SequenceEqual("trigger"u8) => this with { WatchdogTrigger = true },
            _ when name.SequenceEqual("WATCHDOG_USEC"u8) && TryNumber(value, out long time) => this with { WatchdogMicroseconds = time },
            _ when name.SequenceEqual("EXTEND_TIMEOUT_USEC"u8) && TryNumber(value, out long more) => this with { ExtendMicroseconds = more },
            _ when name.SequenceEqual("X_PV_MAIN_EXIT"u8) && TryNumber(value, out long code) && code <= 255 => this with { MainExit = (int)code },
            _ when name.SequenceEqual("FDSTORE"u8) && isOne => this with { Store = true },
            _ when name.SequenceEqual("FDSTOREREMOVE"u8) && isOne => this with { StoreRemove = true },
            _ when name.SequenceEqual("FDNAME"u8) => this with { Name = place },
            _ => this,
        };
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && number >= 0;
}
