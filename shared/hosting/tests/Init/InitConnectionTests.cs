using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Tests.Init;

public sealed class InitConnectionTests : IDisposable
{
    private static readonly SpawnSpec True = new() { Label = "run-1", Arguments = ["true"], Environment = ["PATH=/bin"], WorkingDirectory = "/" };

    private readonly FakePvInit _init = new();

    public void Dispose() => _init.Dispose();

    [Fact]
    public async Task Two_spawns_under_way_are_answered_in_any_order()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        Task<Outcome<Child>> first = connection.SpawnAsync(True, CancellationToken.None).AsTask();
        Task<Outcome<Child>> second = connection.SpawnAsync(True with { Label = "run-2" }, CancellationToken.None).AsTask();
        Spawn one = _init.Read<Spawn>(out ulong oneNumber);
        Spawn two = _init.Read<Spawn>(out ulong twoNumber);
        Assert.Equal(["run-1", "run-2"], new[] { one.Label, two.Label }.Order());
        _init.Write(twoNumber, new Spawned(2, 200, 0));
        _init.Write(oneNumber, new Spawned(1, 100, 0));
        Child[] children = [(await first).Value, (await second).Value];
        Assert.Equal(one.Label, children.Single(child => child.Id == 1).Label);
        Assert.Equal(two.Label, children.Single(child => child.Id == 2).Label);
    }

    [Fact]
    public async Task An_exit_completes_its_child_with_code_and_usage()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        Task<Outcome<Child>> spawning = connection.SpawnAsync(True, CancellationToken.None).AsTask();
        _init.Read<Spawn>(out ulong number);
        _init.Write(number, new Spawned(1, 100, 0));
        _init.Write(0, new Exited(1, -1, 9, false, 2_000_000, 1, 4096, 3_000_000) { StartedMicroseconds = 1_000_000, OomKilled = true, BlocksRead = 3, MajorFaults = 4 });
        ChildExit exit = await (await spawning).Value.Exited;
        Assert.Equal(ExitStatus.Signaled(9), exit.Status);
        Assert.Equal(TimeSpan.FromSeconds(2), exit.UserTime);
        Assert.Equal(4096, exit.MaxResidentBytes);
        Assert.Equal(TimeSpan.FromSeconds(2), exit.Ended - exit.Started);
        Assert.True(exit.OomKilled);
        Assert.Equal((1536, 4), (exit.ReadBytes, exit.MajorFaults));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task A_pidfd_is_the_callers_when_it_is_wanted_and_came(bool wanted, bool comes, bool given)
    {
        await using InitConnection connection = await _init.ConnectAsync();
        Task<Outcome<Child>> spawning = connection.SpawnAsync(True with { HoldPidFd = wanted }, CancellationToken.None).AsTask();
        _init.Read<Spawn>(out ulong number);
        using SafeFileHandle self = PidFd.TryOpen(Environment.ProcessId)!;
        _init.Write(number, new Spawned(1, 100, 0), comes ? [self] : []);
        using SafeFileHandle? held = (await spawning).Value.PidFd;
        Assert.Equal(given, held is not null);
        Assert.Equal(given ? 0 : Errno.EBADF, held is null ? Errno.EBADF : PidFd.Send(held, 0));
    }

    [Fact]
    public async Task Every_wish_of_a_start_goes_over_the_line()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        SpawnSpec spec = True with
        {
            Uid = 1,
            Gid = 2,
            Groups = [3],
            Limits = [new ChildLimit(LimitedResource.Descriptors, 4, null)],
            Nice = -5,
            OomScoreAdjustment = 6,
            Umask = 7,
            NoNewPrivileges = true,
            ControllingTerminal = 8,
            OwnCgroup = false,
            Grouping = ProcessGrouping.Same,
        };
        Task<Outcome<Child>> spawning = connection.SpawnAsync(spec, CancellationToken.None).AsTask();
        Spawn spawn = _init.Read<Spawn>(out ulong number);
        SpawnAttributes sent = spawn.Attributes!;
        Assert.Equal(2, spawn.Grouping);
        Assert.Equal([3], sent.Groups!);
        Assert.Equal([new ResourceLimit(7, 4, ResourceLimit.Unlimited)], sent.Limits);
        Assert.Equal((1u, 2u, -5, 6, 7u, true, 8, false), (sent.Uid!.Value, sent.Gid!.Value, sent.Nice!.Value, sent.OomScore!.Value, sent.Umask!.Value, sent.NoNewPrivileges, sent.Terminal!.Value, sent.OwnCgroup));
        _init.Write(number, new SpawnFailed("setrlimit", 1));
        Assert.Contains("setrlimit [Descriptors 4:unlimited]", (await spawning).Fault!.Detail);
    }

    [Fact]
    public async Task Dropped_exits_are_told_of_whether_they_come_before_or_after_one_listens()
    {
        await using InitConnection connection = await _init.ConnectAsync(3);
        var told = new BlockingCollection<long>();
        connection.OnExitsDropped(told.Add);
        Assert.Equal(3, told.Take());
        _init.Write(0, new ExitsDropped(4));
        Assert.True(told.TryTake(out long more, TimeSpan.FromSeconds(30)));
        Assert.Equal(4, more);
    }

    [Fact]
    public async Task Owned_children_come_with_their_descriptors_and_state()
    {
        PipePair pipe = PipePair.Open();
        RandomAccessWrite(pipe.WriteEnd, "kept"u8);
        var running = new Owned(5, 50, "long", 1_000_000, [7], ["stdout"], null);
        var ended = new Owned(6, 60, "short", 0, [], [], new Exited(6, 3, 0, false, 0, 0, 0, 0));
        await using InitConnection connection = await _init.ConnectAsync((running, [pipe.ReadEnd]), (ended, []));
        Assert.Equal(["long", "short"], connection.Owned.Select(child => child.Label));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), connection.Owned[0].Started);
        Assert.Equal([7], connection.Owned[0].State.ToArray());
        using var reader = new FileStream((SafeFileHandle)connection.Owned[0].Kept["stdout"], FileAccess.Read, 1);
        var bytes = new byte[4];
        reader.ReadExactly(bytes);
        Assert.Equal("kept", Encoding.ASCII.GetString(bytes));
        Assert.Equal(3, (await connection.Owned[1].Exited).Status.Code);
        Assert.False(connection.Owned[0].Exited.IsCompleted);
        _init.Write(0, new Exited(5, 0, 0, false, 0, 0, 0, 0));
        Assert.True((await connection.Owned[0].Exited).Status.Succeeded);
    }

    [Fact]
    public async Task Descriptors_and_a_large_environment_travel_in_one_message()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        PipePair pipe = PipePair.Open();
        SpawnSpec spec = True with
        {
            Environment = [.. Enumerable.Range(0, 30).Select(i => $"V{i}={new string('x', 100_000)}")],
            Descriptors = [new DescriptorMapping(pipe.WriteEnd, 1)],
            Kept = [new KeptDescriptor("stdout", pipe.ReadEnd)],
        };
        Task<Outcome<Child>> spawning = connection.SpawnAsync(spec, CancellationToken.None).AsTask();
        Spawn spawn = _init.Read<Spawn>(out ulong number);
        Assert.Equal(30, spawn.Environment.Count);
        Assert.Equal(100_004, spawn.Environment[29].Length);
        Assert.Equal([1], spawn.Targets);
        Assert.Equal(["stdout"], spawn.Kept);
        Assert.Equal(2, _init.Receiver.Descriptors.Count);
        _init.Write(number, new SpawnFailed("exec", 7));
        Fault fault = (await spawning).Fault!;
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains("'true'", fault.Detail);
        Assert.DoesNotContain("run-1", fault.Detail);
    }

    [Theory]
    [InlineData("exec", 2, FaultKind.NotFound, "'true'")]
    [InlineData("chdir", 2, FaultKind.NotFound, "'/'")]
    [InlineData("exec", 13, FaultKind.PermissionDenied, "executable")]
    [InlineData("exec", 8, FaultKind.InvalidArgument, "#!")]
    [InlineData("fork", 11, FaultKind.ResourceExhausted, "fork")]
    public async Task A_start_that_failed_is_a_fault_that_names_stage_and_program(string stage, int errno, FaultKind kind, string text)
    {
        await using InitConnection connection = await _init.ConnectAsync();
        Task<Outcome<Child>> spawning = connection.SpawnAsync(True, CancellationToken.None).AsTask();
        _init.Read<Spawn>(out ulong number);
        _init.Write(number, new SpawnFailed(stage, errno));
        Fault fault = (await spawning).Fault!;
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(text, fault.Detail);
        Assert.Contains($"errno {errno}", fault.Detail);
    }

    [Fact]
    public async Task A_broken_line_ends_every_request_and_is_told()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        Task<Outcome<Child>> spawning = connection.SpawnAsync(True, CancellationToken.None).AsTask();
        _init.Read<Spawn>(out _);
        _init.Break();
        await connection.Lost;
        Assert.Equal(FaultKind.Unavailable, (await spawning).Fault!.Kind);
        Assert.Equal(FaultKind.Unavailable, (await connection.SpawnAsync(True, CancellationToken.None)).Fault!.Kind);
    }

    [Fact]
    public async Task What_is_acknowledged_later_goes_with_the_next_start_or_alone_when_there_is_none()
    {
        await using InitConnection connection = await _init.ConnectAsync((new Owned(5, 50, "l", 0, [], [], null), []), (new Owned(6, 60, "l", 0, [], [], null), []));
        connection.AcknowledgeLater(connection.Owned[0]);
        Assert.Equal(new Acknowledge(5), _init.Read<Acknowledge>(out _));

        // Behind the start, unless this machine is so slow that the time was over before.
        connection.AcknowledgeLater(connection.Owned[1]);
        Task<Outcome<Child>> spawning = connection.SpawnAsync(True, CancellationToken.None).AsTask();
        MessageType[] types = [_init.ReadType(), _init.ReadType()];
        Assert.Equal([MessageType.Spawn, MessageType.Acknowledge], types.Order());
        _init.Write(1, new Spawned(1, 100, 0));
        Assert.Equal(100, (await spawning).Value.Pid);
    }

    [Fact]
    public async Task What_was_acknowledged_goes_before_the_service_is_handed_over()
    {
        await using InitConnection connection = await _init.ConnectAsync((new Owned(5, 50, "l", 0, [], [], null), []));
        connection.AcknowledgeLater(connection.Owned[0]);
        Assert.True(connection.HandOver(new Legacy(new byte[] { 1 }, [])).Succeeded(out _));
        Assert.Equal(new Acknowledge(5), _init.Read<Acknowledge>(out _));
        Assert.Equal("table", Assert.Single(_init.Read<HandedOver>(out _).Names));
    }

    [Fact]
    public async Task Signals_acknowledgements_and_the_request_to_stop_go_through()
    {
        await using InitConnection connection = await _init.ConnectAsync((new Owned(5, 50, "l", 0, [], [], null), []));
        Task<Outcome<Unit>> signalling = connection.SignalAsync(connection.Owned[0], 15, SignalScope.Tree, CancellationToken.None).AsTask();
        Assert.Equal(new Signal(5, 15, 2), _init.Read<Signal>(out ulong number));
        _init.Write(number, new Done());
        Assert.True((await signalling).Succeeded(out _));
        await connection.AcknowledgeAsync(connection.Owned[0], CancellationToken.None);
        Assert.Equal(new Acknowledge(5), _init.Read<Acknowledge>(out _));
        _init.Write(0, new StopRequested(4_000));
        Assert.Equal(TimeSpan.FromSeconds(4), await connection.StopRequested);
    }

    [Fact]
    public async Task Without_a_daemon_the_fault_names_the_directory_and_what_to_do()
    {
        Fault fault = (await InitConnection.ConnectAsync(new RuntimePaths("/no/such/directory"), Service.Exec, CancellationToken.None)).Fault!;
        Assert.Equal(FaultKind.Unavailable, fault.Kind);
        Assert.Contains("no daemon runs in '/no/such/directory'", fault.Detail);
    }

    private static void RandomAccessWrite(SafeFileHandle pipe, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(pipe, FileAccess.Write, 0);
        stream.Write(bytes);
    }
}
