using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Events;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Exec;
using PvExec.Proto.Bus.Worktrees;

namespace PvExec.Bus.Tests.Events;

public sealed class EventTests : IDisposable
{
    private readonly ShortDirectory _directory = new();
    private readonly CancellationTokenSource _late = new(TimeSpan.FromSeconds(60));

    private string Socket => _directory.Path("e");

    public void Dispose()
    {
        _directory.Dispose();
        _late.Dispose();
    }

    [Fact]
    public async Task A_subscriber_hears_the_events_it_asked_for_in_order()
    {
        await using BusPublisher publisher = Publisher();
        await using BusSubscriber subscriber = Subscriber();
        EventStream<WorktreeSaved> saved = subscriber.Subscribe<WorktreeSaved>(100);
        await HeardAsync(publisher, saved);
        publisher.Publish(new TaskStarted("other", "run 1"));
        publisher.Publish(new WorktreeSaved("a", true));
        publisher.Publish(new WorktreeSaved("b", false));
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("a", true), 0), await NextAsync(saved));
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("b", false), 0), await NextAsync(saved));
    }

    [Fact]
    public async Task A_slow_reader_loses_the_oldest_and_is_told_how_many_while_another_loses_none()
    {
        await using BusPublisher publisher = Publisher();
        await using BusSubscriber subscriber = Subscriber();
        EventStream<WorktreeSaved> slow = subscriber.Subscribe<WorktreeSaved>(2);
        EventStream<WorktreeSaved> fast = subscriber.Subscribe<WorktreeSaved>(100);
        await HeardAsync(publisher, fast);
        publisher.Publish(new WorktreeSaved("start", true));
        await SkipToAsync("start", fast);
        await SkipToAsync("start", slow);
        for (int i = 0; i < 10; i++)
        {
            publisher.Publish(new WorktreeSaved($"{i}", true));
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved($"{i}", true), 0), await NextAsync(fast));
        }

        BusEvent<WorktreeSaved> first = await NextAsync(slow);
        Assert.Equal("8", first.Message.SnapshotId);
        Assert.Equal(8, first.Dropped);
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("9", true), 0), await NextAsync(slow));
    }

    [Fact]
    public async Task A_publisher_whose_queue_is_full_drops_the_oldest_and_says_how_many()
    {
        var log = new ListLogger<BusPublisher>();
        await using var publisher = new BusPublisher("worktree", BusLimits.Default with { QueuedMessages = 2 }, UnixTransportOptions.Default, log);
        publisher.Start(Socket);
        await using BusSubscriber subscriber = Subscriber();
        EventStream<WorktreeSaved> saved = subscriber.Subscribe<WorktreeSaved>(100);
        await HeardAsync(publisher, saved);

        Task<string> told = log.LineAsync("dropped");
        while (!told.IsCompleted)
        {
            for (int i = 0; i < 100; i++)
            {
                publisher.Publish(new WorktreeSaved("one of many", true));
            }
        }

        Assert.Matches("[0-9]+ events were dropped, the queue of 2 was full", await told);
        Task<long> lost = LostBeforeAsync("last", saved);
        await ProbeAsync(publisher, lost, "last");
        Assert.True(await lost > 0);
    }

    [Fact]
    public async Task What_nobody_hears_is_counted_and_seen_by_who_comes_later()
    {
        await using BusPublisher publisher = Publisher();
        ulong before = await NumberAsync(publisher);
        for (int i = 0; i < 100; i++)
        {
            publisher.Publish(new WorktreeSaved("unheard", true));
        }

        Assert.True(await NumberAsync(publisher) > before + 100);
    }

    [Fact]
    public async Task An_event_that_would_make_the_queues_too_large_is_dropped_and_its_subscribers_see_a_gap()
    {
        var log = new ListLogger<BusPublisher>();
        await using var publisher = new BusPublisher("worktree", BusLimits.Default with { QueuedMessages = 10, QueuedBytes = 3_000 }, UnixTransportOptions.Default, log);
        publisher.Start(Socket);
        await using BusSubscriber subscriber = Subscriber();
        EventStream<WorktreeSaved> saved = subscriber.Subscribe<WorktreeSaved>(100);
        await HeardAsync(publisher, saved);

        publisher.Publish(new WorktreeSaved(new string('x', 301), true));
        publisher.Publish(new WorktreeSaved("next", true));

        Assert.Contains("an event 'worktree.saved' of 306 bytes was dropped, 300 is the most", log.Lines[0], StringComparison.Ordinal);
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("next", true), 1), await NextAsync(saved));
    }

    [Fact]
    public async Task A_reader_is_told_of_what_it_lost_before_its_first_read()
    {
        var stream = new EventStream<WorktreeSaved>(2, 1_000, _ => { });
        for (ulong number = 1; number <= 5; number++)
        {
            stream.Take(Numbered(number, $"{number}"));
        }

        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("4", true), 3), await NextAsync(stream));
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("5", true), 0), await NextAsync(stream));
    }

    [Fact]
    public async Task What_waits_for_a_reader_is_bounded_by_its_bytes_and_counts_what_was_lost_on_the_way()
    {
        var stream = new EventStream<WorktreeSaved>(100, 1_000, _ => { });
        stream.Take(Numbered(1, new string('a', 600)));
        stream.Take(Numbered(3, new string('b', 600)));
        stream.Take(Numbered(4, "c"));

        BusEvent<WorktreeSaved> first = await NextAsync(stream);

        // The first was pushed out and the second never came.
        Assert.Equal(('b', 2), (first.Message.SnapshotId[0], first.Dropped));
        Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved("c", true), 0), await NextAsync(stream));
    }

    [Fact]
    public async Task Of_eight_subscribers_one_stands_still_and_seven_lose_nothing_and_it_sees_later_how_many_it_lost()
    {
        await using BusPublisher publisher = Publisher();
        BusSubscriber[] others = [.. Enumerable.Range(0, 7).Select(_ => Subscriber())];
        EventStream<WorktreeSaved>[] saved = [.. others.Select(other => other.Subscribe<WorktreeSaved>(10_000))];
        using PythonPeer frozen = await PythonPeer.StartAsync("SUB", "connect", Socket, "RCVHWM=10");
        await frozen.AskAsync("sub worktree");
        await ProbeAsync(publisher, frozen.ReceiveBytesAsync());
        foreach (EventStream<WorktreeSaved> one in saved)
        {
            await HeardAsync(publisher, one);
        }

        // The others have heard what was for one of them.
        publisher.Publish(new WorktreeSaved("all hear", true));
        await Task.WhenAll(saved.Select(one => SkipToAsync("all hear", one)));
        frozen.Freeze();
        string large = new('x', 10_000);
        foreach (int[] burst in Enumerable.Range(0, 3_000).Chunk(100))
        {
            foreach (int _ in burst)
            {
                publisher.Publish(new WorktreeSaved(large, true));
            }

            foreach (EventStream<WorktreeSaved> one in saved)
            {
                foreach (int _ in burst)
                {
                    Assert.Equal(new BusEvent<WorktreeSaved>(new WorktreeSaved(large, true), 0), await NextAsync(one));
                }
            }
        }

        frozen.Thaw();
        (ulong last, ulong lost) = (0, 0);
        while (lost == 0)
        {
            Task<byte[][]> next = frozen.ReceiveBytesAsync();
            await ProbeAsync(publisher, next);
            ulong number = BusCodec.Decode((await next)[1]).Value.Correlation;
            lost = last == 0 ? 0 : number - last - 1;
            last = number;
        }

        Assert.InRange(lost, 1UL, 3_000UL);
        foreach (BusSubscriber other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_subscriber_hears_a_publisher_that_was_started_anew()
    {
        await using BusSubscriber subscriber = Subscriber();
        EventStream<WorktreeSaved> saved = subscriber.Subscribe<WorktreeSaved>(100);
        await using (BusPublisher first = Publisher())
        {
            await HeardAsync(first, saved);
        }

        await using BusPublisher second = Publisher();
        await HeardAsync(second, saved);
    }

    [Fact]
    public async Task A_stock_subscriber_reads_topic_and_envelope()
    {
        await using BusPublisher publisher = Publisher();
        using PythonPeer peer = await PythonPeer.StartAsync("SUB", "connect", Socket);
        await peer.AskAsync("sub worktree.saved");
        Task<byte[][]> heard = peer.ReceiveBytesAsync();
        await ProbeAsync(publisher, heard, "a", true);
        Assert.Equal("worktree.saved", Encoding.UTF8.GetString((await heard)[0]));
        Assert.Equal(new WorktreeSaved("a", true), BusCodec.Body<WorktreeSaved>(BusCodec.Decode((await heard)[1]).Value).Value);
    }

    /// <summary>Of the first event that somebody hears who has just come, and goes.</summary>
    private async Task<ulong> NumberAsync(BusPublisher publisher)
    {
        using PythonPeer peer = await PythonPeer.StartAsync("SUB", "connect", Socket);
        await peer.AskAsync("sub worktree.saved");
        Task<byte[][]> heard = peer.ReceiveBytesAsync();
        await ProbeAsync(publisher, heard);
        return BusCodec.Decode((await heard)[1]).Value.Correlation;
    }

    private static Envelope Numbered(ulong number, string id) =>
        new(Envelope.CurrentVersion, WorktreeSaved.Kind, number, null, null, BusCodec.EncodeBody(new WorktreeSaved(id, true)));

    /// <summary>Publishes until the first event arrives, then reads all that did.</summary>
    private async Task HeardAsync(BusPublisher publisher, EventStream<WorktreeSaved> stream)
    {
        await ProbeAsync(publisher, NextAsync(stream));
        publisher.Publish(new WorktreeSaved("last probe", false));
        await SkipToAsync("last probe", stream);
    }

    /// <summary>Publishes now and then until it is heard; without a pause it would fill the queues, and what follows would be lost.</summary>
    private static async Task ProbeAsync(BusPublisher publisher, Task heard, string id = "probe", bool changed = false)
    {
        while (!heard.IsCompleted)
        {
            publisher.Publish(new WorktreeSaved(id, changed));
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(10)));
        }

        await heard;
    }

    /// <summary>How many events the stream says that it lost up to that one.</summary>
    private async Task<long> LostBeforeAsync(string id, EventStream<WorktreeSaved> stream)
    {
        long lost = 0;
        while (true)
        {
            BusEvent<WorktreeSaved> next = await NextAsync(stream);
            lost += next.Dropped;
            if (next.Message.SnapshotId == id)
            {
                return lost;
            }
        }
    }

    private async Task SkipToAsync(string id, EventStream<WorktreeSaved> stream)
    {
        while ((await NextAsync(stream)).Message.SnapshotId != id)
        {
            continue;
        }
    }

    private Task<BusEvent<WorktreeSaved>> NextAsync(EventStream<WorktreeSaved> stream) => stream.ReadAsync(_late.Token).AsTask();

    private BusPublisher Publisher()
    {
        var publisher = new BusPublisher("worktree", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusPublisher>.Instance);
        publisher.Start(Socket);
        return publisher;
    }

    private BusSubscriber Subscriber() => new("worktree", Socket, BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance);
}
