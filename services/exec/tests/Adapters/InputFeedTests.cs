using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Linux.Files;
using PvExec.Linux.Trees;

namespace PvExec.Exec.Tests.Adapters;

/// <summary>Input on its way to a pipe.</summary>
public sealed class InputFeedTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly FakeStore _store = new();
    private readonly RunId _run = RunId.New(DateTimeOffset.UnixEpoch);
    private readonly PipePair _pipe = PipePair.Open();
    private readonly List<(InputPump Pump, InputFeed Feed)> _all = [];

    public void Dispose()
    {
        foreach ((InputPump pump, InputFeed feed) in _all)
        {
            pump.Dispose();
            feed.Dispose();
        }

        _store.Dispose();
        _pipe.ReadEnd.Dispose();
        _pipe.WriteEnd.Dispose();
    }

    [Fact]
    public async Task What_was_there_first_comes_before_what_is_given_and_the_end_comes_when_it_is_closed()
    {
        InputFeed feed = Start("first "u8);
        await GiveAsync(feed, "then"u8.ToArray());
        feed.Close();

        Assert.Equal("first then"u8.ToArray(), await ReadToEndAsync());
        Assert.Empty(_store.Names);
        Assert.True(feed.IsClosed);
        Assert.Equal(10, feed.Length);
    }

    [Fact]
    public async Task What_is_set_aside_takes_no_memory_and_is_read_when_it_has_been_put_back()
    {
        byte[] first = new byte[100_000];
        new Random(1).NextBytes(first);
        using InputFile file = InputFile.Create(first);
        file.Append("then"u8);
        long before = Blocks(file);
        Assert.True(file.SetAside(first.Length));
        Assert.InRange(before - Blocks(file), first.Length * 9 / 10 / 512, before);
        Assert.Equal(first.Length + 4, file.Length);
        file.Close();

        file.PutBack(first);
        Task<byte[]> reading = ReadToEndAsync();
        while (file.MoveTo(_pipe.WriteEnd, 1_000_000) != 0)
        {
            await Task.Yield();
        }

        _pipe.WriteEnd.Dispose();
        byte[] all = await reading;
        Assert.Equal([.. first, .. "then"u8], all);
        using InputFile small = InputFile.Create("small"u8);
        Assert.False(small.SetAside(5));
        Assert.Equal("small"u8, small.Rest());
    }

    [Fact]
    public async Task Much_more_than_fits_is_given_as_it_is_read_and_not_one_byte_is_changed()
    {
        byte[] bytes = new byte[20_000_000];
        new Random(1).NextBytes(bytes);
        InputFeed feed = Start([]);
        Task<byte[]> reading = ReadToEndAsync();
        for (int at = 0; at < bytes.Length; at += 100_000)
        {
            await GiveAsync(feed, bytes.AsMemory(at, 100_000));
        }

        feed.Close();
        Assert.Equal(bytes, await reading);
    }

    [Fact]
    public async Task A_run_that_does_not_read_has_its_callers_wait_and_no_other_run()
    {
        InputFeed stuck = Start([]);
        while (stuck.Take(new byte[100_000]) > 0)
        {
        }

        Task more = stuck.Changes.Next();
        PipePair other = PipePair.Open();
        InputFeed free = Add(new InputFeed(InputFile.Create([]), null), other.WriteEnd, RunId.New(DateTimeOffset.UnixEpoch));
        free.Take("x"u8);
        free.Close();
        Assert.Equal("x"u8.ToArray(), await ReadToEndAsync(other.ReadEnd));
        Assert.InRange(stuck.Length, Interaction.RoomBytes, Interaction.RoomBytes + (1024 * 1024));

        // Room again as soon as it reads.
        Task<byte[]> reading = ReadToEndAsync();
        await more.WaitAsync(s_patience);
        stuck.Close();
        Assert.Equal(stuck.Length, (await reading).Length);
        other.ReadEnd.Dispose();
    }

    [Fact]
    public async Task What_is_given_to_a_run_that_reads_no_more_is_taken_and_dropped()
    {
        InputFeed feed = Start([]);
        _pipe.ReadEnd.Dispose();
        for (int i = 0; i < 100; i++)
        {
            await GiveAsync(feed, new byte[100_000]);
        }

        feed.Close();
        Assert.Null(feed.Error);
        Assert.Empty(_store.Names);
    }

    [Fact]
    public async Task An_instance_that_is_killed_again_and_again_loses_no_byte_and_gives_none_twice()
    {
        byte[] bytes = new byte[5_000_000];
        new Random(2).NextBytes(bytes);
        InputFeed feed = Start([]);
        Task<byte[]> reading = ReadToEndAsync();
        int step = bytes.Length / 25;
        while (feed.Length < bytes.Length)
        {
            int at = (int)feed.Length;
            await GiveAsync(feed, bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
            feed = Again(feed);
            Assert.Equal(Math.Min(at + step, bytes.Length), feed.Length);
        }

        feed.Close();
        feed = Again(feed);
        Assert.True(feed.IsClosed);
        Assert.Equal(bytes, await reading);
    }

    [Fact]
    public void A_run_that_has_ended_keeps_nothing_open()
    {
        InputFeed feed = Start([]);
        Assert.Single(_store.Names);
        feed.Dispose();
        Assert.Empty(_store.Names);
        Assert.Equal(3, feed.Take("abc"u8));
        feed.Close();
    }

    [Fact]
    public void Whoever_is_told_that_all_has_gone_may_look_at_the_feed_from_another_thread()
    {
        bool isTold = false;
        using var pump = new InputPump();
        var feed = new InputFeed(InputFile.Create([]), null);
        PipePair other = PipePair.Open();
        using SafeFileHandle reading = other.ReadEnd;
        pump.Add(feed, new InputWay(other.WriteEnd, null), () => isTold = Task.Run(() => feed.Changes.Next() is not null && feed.Terminal is null).Wait(s_patience));
        feed.Dispose();
        Assert.True(isTold);
    }

    [Fact]
    public void Ends_that_are_typed_again_and_again_and_that_nobody_reads_are_bounded()
    {
        using var feed = new InputFeed(InputFile.Create([]), new TerminalSettings("xterm", 80, 24));
        Assert.Equal(Interaction.RoomBytes, feed.Take(new byte[Interaction.RoomBytes + 1]));
        feed.Close();
        Assert.Equal(Interaction.RoomBytes + 1, feed.Length);
        for (int i = 0; i < 5000; i++)
        {
            feed.Close();
        }

        Assert.Equal(Interaction.RoomBytes + 1024, feed.Length);
    }

    [Fact]
    public void A_pipe_of_a_run_that_there_is_not_is_let_go()
    {
        _store.Put("stdin." + _run.Value, _pipe.WriteEnd);
        var inputs = new RunInputs(new InputPump(), _store);
        inputs.Find(_store.Inheritance().Stored);
        inputs.ForgetOthers();
        Assert.Empty(_store.Names);
    }

    private static async Task GiveAsync(InputFeed feed, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            Task changed = feed.Changes.Next();
            int taken = feed.Take(bytes.Span);
            bytes = bytes[taken..];
            if (taken == 0)
            {
                await changed.WaitAsync(s_patience);
            }
        }
    }

    private InputFeed Start(ReadOnlySpan<byte> first)
    {
        Assert.True(_store.Put("stdin." + _run.Value, _pipe.WriteEnd).Succeeded(out _));
        return Add(new InputFeed(InputFile.Create(first), null), _pipe.WriteEnd, _run);
    }

    private InputFeed Add(InputFeed feed, SafeFileHandle writeEnd, RunId run)
    {
        var pump = new InputPump();
        _all.Add((pump, feed));
        new RunInputs(pump, _store).Start(run, feed, writeEnd);
        return feed;
    }

    /// <summary>As after a kill: another instance has what was kept, and what the first one had is closed.</summary>
    private InputFeed Again(InputFeed before)
    {
        var kept = new Dictionary<string, SafeHandle> { [RunInputs.FileName] = Descriptor.Duplicate(before.Handle) };
        _all[^1].Pump.Stop();
        var pump = new InputPump();
        var inputs = new RunInputs(pump, _store);
        inputs.Find(_store.Inheritance().Stored);
        InputFeed feed = inputs.Adopt(_run, kept, terminal: null, hasEnded: false)!;
        _all.Add((pump, feed));
        return feed;
    }

    /// <summary>What it takes of memory, in units of 512 bytes.</summary>
    private static long Blocks(InputFile file)
    {
        Assert.Equal(0, Statx.TryPath(System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{file.Handle.DangerousGetHandle()}"), followSymlinks: true, out FileStat stat));
        return stat.Blocks;
    }

    private Task<byte[]> ReadToEndAsync() => ReadToEndAsync(_pipe.ReadEnd);

    private static Task<byte[]> ReadToEndAsync(SafeFileHandle end) => Task.Run(() =>
    {
        using FileStream stream = PipeEnd.Open(end, FileAccess.Read);
        var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }).WaitAsync(s_patience);
}
