using System.Buffers.Binary;
using System.Text;

namespace PvExec.Bus.Transport;

/// <summary>
/// Follows what a peer sends, ahead of NetMQ's engine, and says when it is not ZMTP 3 with the NULL mechanism within
/// the limits: https://rfc.zeromq.org/spec/23/. The engine believes what it reads (a negative length, a command without
/// a name), and an exception on its thread ends the process. Only headers, commands and subscriptions are looked at.
/// Nothing that arrives makes this throw. One thread at a time.
/// </summary>
internal sealed class ZmtpGuard(ZmtpLimits limits)
{
    private const byte More = 1;
    private const byte Long = 2;
    private const byte Command = 4;

    private readonly byte[] _size = new byte[sizeof(ulong)];
    private readonly HashSet<string> _topics = [];
    private Step _step = Step.Greeting;
    private string? _wrong;

    // Bytes of the step that have been taken, but for a body.
    private int _taken;

    private byte _flags;
    private long _bodyBytes;
    private long _bodyLeft;

    // The start of a body that is looked at.
    private byte[] _kept = [];
    private int _keptBytes;

    private int _messageFrames;
    private long _messageBytes;

    private enum Step
    {
        Greeting,
        Flags,
        ShortSize,
        LongSize,
        Body,
    }

    /// <summary>Whether the handshake is over.</summary>
    public bool IsReady { get; private set; }

    /// <summary>What the peer calls itself, once it is ready; empty when it did not say.</summary>
    public byte[] Identity { get; private set; } = [];

    /// <summary>Looks at the next bytes of the peer.</summary>
    /// <returns>Null, or what is wrong: then none of these bytes and nothing after them may reach the engine.</returns>
    public string? Take(ReadOnlySpan<byte> bytes)
    {
        while (_wrong is null && !bytes.IsEmpty)
        {
            int taken = 1;
            _wrong = _step switch
            {
                Step.Greeting => TakeGreeting(bytes[0]),
                Step.Flags => TakeFlags(bytes[0]),
                Step.ShortSize => BeginBody(bytes[0]),
                Step.LongSize => TakeSize(bytes[0]),
                _ => TakeBody(bytes, out taken),
            };
            bytes = bytes[taken..];
        }

        return _wrong;
    }

    private string? TakeGreeting(byte value)
    {
        if (!Greeting.Fits(_taken, value))
        {
            return $"its greeting is not that of ZMTP 3 with the NULL mechanism: byte {_taken} is {value:X2}";
        }

        if (++_taken == Greeting.Bytes)
        {
            _step = Step.Flags;
        }

        return null;
    }

    private string? TakeFlags(byte flags)
    {
        (_flags, _taken) = (flags, 0);
        _step = (flags & Long) != 0 ? Step.LongSize : Step.ShortSize;
        bool isCommand = (flags & Command) != 0;
        return (flags & ~(More | Long | Command)) != 0 || (isCommand && (flags & More) != 0) ? $"a frame has the flags {flags:X2}"
            : !isCommand && !IsReady ? "it sent a message before its handshake"
            : null;
    }

    private string? TakeSize(byte value)
    {
        _size[_taken++] = value;
        return _taken == _size.Length ? BeginBody(BinaryPrimitives.ReadUInt64BigEndian(_size)) : null;
    }

    private string? BeginBody(ulong size)
    {
        bool isCommand = (_flags & Command) != 0;
        ulong most = isCommand ? ZmtpLimits.CommandBytes : (ulong)limits.FrameBytes;
        if (size > most)
        {
            return $"a {(isCommand ? "command" : "frame")} has {size} bytes, more than {most}";
        }

        _step = Step.Body;
        _bodyBytes = _bodyLeft = (long)size;
        bool isKept = isCommand || limits.TakesSubscriptions;
        _kept = isKept ? new byte[Math.Min(_bodyBytes, ZmtpLimits.CommandBytes)] : [];
        _keptBytes = 0;
        return size == 0 ? EndBody() : null;
    }

    private string? TakeBody(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = (int)Math.Min(bytes.Length, _bodyLeft);
        int kept = Math.Min(taken, _kept.Length - _keptBytes);
        bytes[..kept].CopyTo(_kept.AsSpan(_keptBytes));
        _keptBytes += kept;
        _bodyLeft -= taken;
        return _bodyLeft == 0 ? EndBody() : null;
    }

    private string? EndBody()
    {
        _step = Step.Flags;
        return (_flags & Command) == 0 ? EndFrame()
            : !IsReady ? EndHandshake()
            : _kept.Length < 1 || _kept[0] == 0 || _kept[0] >= _kept.Length ? "a command has no name"
            : null;
    }

    private string? EndHandshake()
    {
        string? wrong = ReadyCommand.Check(_kept, out byte[] identity);
        (IsReady, Identity) = (wrong is null, identity);
        return wrong;
    }

    private string? EndFrame()
    {
        _messageFrames++;
        _messageBytes += _bodyBytes;
        if (_messageFrames > limits.MessageFrames || _messageBytes > limits.MessageBytes)
        {
            return $"a message has more than {limits.MessageFrames} frames or {limits.MessageBytes} bytes";
        }

        if ((_flags & More) == 0)
        {
            (_messageFrames, _messageBytes) = (0, 0);
        }

        return limits.TakesSubscriptions && _kept is [0 or 1, ..] ? Subscribe() : null;
    }

    private string? Subscribe()
    {
        if (_bodyBytes > 1 + ZmtpLimits.TopicBytes)
        {
            return $"it subscribes to a topic of {_bodyBytes - 1} bytes, more than {ZmtpLimits.TopicBytes}";
        }

        string topic = Encoding.Latin1.GetString(_kept.AsSpan(1));
        if (_kept[0] == 1)
        {
            _topics.Add(topic);
        }
        else
        {
            _topics.Remove(topic);
        }

        return _topics.Count > ZmtpLimits.Topics ? $"it subscribes to more than {ZmtpLimits.Topics} topics" : null;
    }
}
