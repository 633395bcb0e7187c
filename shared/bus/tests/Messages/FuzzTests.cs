using System.Buffers.Binary;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Messages;

/// <summary>A hundred thousand damaged streams: greetings, handshakes, frames, envelopes and bodies.</summary>
public sealed class FuzzTests
{
    private const int Streams = 25_000;

    /// <summary>An exception inside costs some kilobytes; a length that is believed would cost gigabytes.</summary>
    private const long MostBytesEach = 1024 * 1024;

    private static readonly ZmtpLimits Limits = new(StreamFuzz.FrameBytes, 4 * StreamFuzz.FrameBytes, 16, TakesSubscriptions: false);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_hundred_thousand_damaged_streams_neither_throw_nor_hang_nor_take_memory(int seed)
    {
        var fuzz = new StreamFuzz(seed, "DEALER");
        (int ready, int refused, int read) = (0, 0, 0);
        for (int i = 0; i < Streams; i++)
        {
            byte[] stream = fuzz.Next();
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var guard = new ZmtpGuard(Limits with { TakesSubscriptions = i % 2 == 0 });
                (string? wrong, int taken) = Feed(guard, stream, fuzz);
                refused += wrong is null ? 0 : 1;
                ready += guard.IsReady ? 1 : 0;
                read += Frames(stream.AsMemory(0, taken)).Count(Reads);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, stream {i}, {Convert.ToHexString(stream)}: {e}");
            }

            long cost = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(cost < MostBytesEach, $"seed {seed}, stream {i}, {Convert.ToHexString(stream)}: {cost} bytes");
        }

        // The damage is neither so small nor so large that nothing is tried.
        Assert.InRange(ready, Streams / 10, Streams - 1);
        Assert.InRange(refused, Streams / 10, Streams - 1);
        Assert.InRange(read, Streams / 10, 3 * Streams);
    }

    private static (string? Wrong, int Taken) Feed(ZmtpGuard guard, byte[] stream, StreamFuzz fuzz)
    {
        int at = 0;
        while (at < stream.Length)
        {
            int length = Math.Min(fuzz.Piece(), stream.Length - at);
            if (guard.Take(stream.AsSpan(at, length)) is { } wrong)
            {
                return (wrong, at);
            }

            at += length;
        }

        return (null, at);
    }

    /// <summary>The bodies of the frames in what was admitted.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Frames(ReadOnlyMemory<byte> stream)
    {
        int at = ZmtpBytes.Greeting.Length;
        while (at + 2 <= stream.Length)
        {
            bool isLong = (stream.Span[at] & 2) != 0;
            int header = isLong ? 9 : 2;
            if (at + header > stream.Length)
            {
                yield break;
            }

            int size = isLong ? (int)BinaryPrimitives.ReadUInt64BigEndian(stream.Span[(at + 1)..]) : stream.Span[at + 1];
            at += header;
            if (at + size > stream.Length)
            {
                yield break;
            }

            yield return stream.Slice(at, size);
            at += size;
        }
    }

    private static bool Reads(ReadOnlyMemory<byte> frame) =>
        BusCodec.Decode(frame).TryGet(out Envelope? envelope, out _)
        && (BusCodec.Body<AcquireScopes>(envelope).Succeeded(out _) || BusCodec.Body<CancelCall>(envelope).Succeeded(out _));
}
