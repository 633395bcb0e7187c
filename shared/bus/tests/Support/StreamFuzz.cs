using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Support;

/// <summary>Streams of a peer with some bytes changed, repeated, missing or added, the same for the same seed.</summary>
internal sealed class StreamFuzz(int seed, string socketType)
{
    public const int FrameBytes = 4096;

    private static readonly byte[] Interesting = [0, 1, 2, 3, 4, 6, 8, 0x7F, 0x80, 0xFF];

    private readonly Random _random = new(seed);

    private readonly byte[][] _parts =
    [
        ZmtpBytes.Greeting,
        ZmtpBytes.Ready(socketType, "peer"),
        ZmtpBytes.Command([.. ZmtpBytes.Name("PING"), 0, 1, 9, 9]),
        ZmtpBytes.Message(BusCodec.Encode(new AcquireScopes(["src", "dep"], ["out"], "pv-worktree", "autosave", TimeSpan.FromSeconds(10)), 1, TimeSpan.FromSeconds(10), "00-ab-cd-01")),
        ZmtpBytes.Message(BusCodec.Encode(CancelCall.Value, 1, null, null)),
        ZmtpBytes.Message([1, (byte)'t'], new byte[700], []),
        ZmtpBytes.Message([0, (byte)'t']),
    ];

    /// <summary>The next stream. Every third has a sound handshake, so that the damage is behind it.</summary>
    public byte[] Next()
    {
        int sound = _random.Next(3) == 0 ? 2 : 0;
        return [.. _parts.Take(sound).SelectMany(part => part), .. Damage([.. _parts.Skip(sound).SelectMany(part => part)])];
    }

    /// <summary>Some bytes of it changed, moved or lost.</summary>
    public byte[] Damage(byte[] original)
    {
        var bytes = new List<byte>(original);
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            int at = _random.Next(bytes.Count);
            switch (_random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes[at] = Interesting[_random.Next(Interesting.Length)];
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 3:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(_random.Next(1, 20), bytes.Count - at - (at == 0 ? 1 : 0)));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(1, 100), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>How long the next piece is that is handed over at once.</summary>
    public int Piece() => _random.Next(1, 200);
}
