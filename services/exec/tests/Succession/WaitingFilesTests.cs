using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Trees;

namespace PvExec.Exec.Tests.Succession;

/// <summary>The files that the notes of runs that wait are in: what is found in them after a kill at any moment, and how much memory they take.</summary>
public sealed class WaitingFilesTests : IDisposable
{
    private static readonly DateTimeOffset s_time = DateTimeOffset.UnixEpoch.AddYears(40);

    private readonly FakeStore _store = new();
    private readonly WaitingNotes _notes;

    public WaitingFilesTests() => _notes = new WaitingNotes(_store, NullLogger<WaitingNotes>.Instance);

    public void Dispose()
    {
        _notes.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Those_that_wait_move_to_another_file_a_few_at_a_time_and_are_found_at_every_moment()
    {
        var waiting = new List<long>();
        int most = 0;
        for (int order = 0; order < 6000; order++)
        {
            WaitingRun run = Waiting(order, new byte[1000]);
            Assert.True(_notes.Add(run));
            if (order % 10 == 0)
            {
                waiting.Add(order);
            }
            else
            {
                _notes.Remove(run.Id);
            }

            if (_store.Names.Count > 1 || order % 500 == 0)
            {
                most = Math.Max(most, _store.Names.Count);
                Assert.Equal(waiting, Left().Select(one => one.Order));
            }
        }

        Assert.Equal(2, most);
        Assert.DoesNotContain("waiting.1", _store.Names);
        Assert.True(Used() < 4 * 1024 * 1024, $"{Used()} bytes for {waiting.Count} runs of 1,000 bytes");
        Assert.All(Left(), run => Assert.Equal(Bytes(run.Order, 1000), run.Request.Input));
    }

    [Fact]
    public void An_input_is_read_where_it_is_noted_also_when_it_has_moved()
    {
        WaitingRun large = Waiting(0, new byte[3_000_000]);
        Assert.True(_notes.Add(large));
        for (int order = 1; _store.Names is not ["waiting.2"]; order++)
        {
            Assert.True(order < 10_000, "the file is not followed by another one");
            WaitingRun run = Waiting(order, new byte[2000]);
            _notes.Add(run);
            _notes.Remove(run.Id);
        }

        Assert.True(_notes.TryReadInput(large.Id, out byte[]? input));
        Assert.Equal(Bytes(0, 3_000_000), input);
        Assert.Equal(input, Assert.Single(Left()).Request.Input);
        _notes.Remove(large.Id);
        Assert.False(_notes.TryReadInput(large.Id, out _));
        Assert.Empty(Left());
        Assert.True(Used() < 1024 * 1024, $"{Used()} bytes for nothing");
    }

    [Fact]
    public async Task Runs_are_noted_beside_each_other()
    {
        var noted = new ConcurrentBag<WaitingRun>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                WaitingRun run = Waiting((thread * 1000) + i, new byte[i * 100]);
                Assert.True(_notes.Add(run));
                if (i % 3 == 0)
                {
                    noted.Add(run);
                }
                else
                {
                    _notes.Remove(run.Id);
                }
            }
        })));

        Assert.Equal(noted.Select(run => run.Order).Order(), Left().Select(run => run.Order));
        Assert.All(Left(), run => Assert.Equal(Bytes(run.Order, run.Request.Input.Length), run.Request.Input));
    }

    [Fact]
    public void One_that_was_being_written_when_the_service_was_killed_is_not_there_and_those_behind_it_are()
    {
        using var file = new WaitingFile("waiting.1");
        var half = new WaitingRecord(Waiting(1, new byte[100]));
        var whole = new WaitingRecord(Waiting(2, new byte[100]));
        file.Reserve(half);
        long at = file.Reserve(whole);
        file.Fill(at, whole);
        file.Mark(at, whole.Length);
        Assert.Equal([2], WaitingFile.Read(file.Handle).Select(run => run.Order));
    }

    [Fact]
    public void When_there_is_no_place_for_another_file_it_is_asked_for_ever_less_often()
    {
        int asked = 0;
        _store.OnPut = _ => asked++;
        _notes.Add(Waiting(-1, []));
        _store.Fault = new Fault(FaultKind.ResourceExhausted, "full");
        for (int order = 0; order < 8000; order++)
        {
            WaitingRun run = Waiting(order, new byte[1000]);
            Assert.True(_notes.Add(run));
            _notes.Remove(run.Id);
        }

        Assert.InRange(asked, 3, 20);
        _store.Fault = null;
        for (int order = 8000; _store.Names is not ["waiting.2"]; order++)
        {
            Assert.True(order < 20_000, "it is not asked for again");
            WaitingRun run = Waiting(order, new byte[1000]);
            _notes.Add(run);
            _notes.Remove(run.Id);
        }

        Assert.Equal([-1], Left().Select(run => run.Order));
    }

    private static WaitingRun Waiting(long order, byte[] input)
    {
        Bytes(order, input.Length).CopyTo(input, 0);
        return new(order, RunId.New(s_time.AddSeconds(order)), s_time, new RunRequest("t", [new("A", "b")], input, 0) { Token = new ClientToken($"{order}", "f") });
    }

    private static byte[] Bytes(long order, int length)
    {
        var bytes = new byte[length];
        new Random((int)order).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Memory, not length: the files have holes.</summary>
    private long Used()
    {
        long blocks = 0;
        foreach (KeptDescriptor one in _store.Inheritance().Stored)
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = StreamFile.Own(one.Handle);
            Assert.Equal(0, Statx.TryPath(System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{file.DangerousGetHandle()}"), followSymlinks: true, out FileStat stat));
            blocks += stat.Blocks;
        }

        return blocks * 512;
    }

    private IReadOnlyList<WaitingRun> Left()
    {
        using var next = new WaitingNotes(_store, NullLogger<WaitingNotes>.Instance);
        return next.Find(_store.Inheritance().Stored);
    }
}
