using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Tests.Init;

public sealed class SuccessionTests : IDisposable
{
    private readonly FakePvInit _init = new();

    public void Dispose() => _init.Dispose();

    [Fact]
    public async Task A_new_instance_owns_nothing_until_it_has_taken_over()
    {
        await using InitConnection connection = await _init.ConnectStandbyAsync();
        Assert.True(connection.IsStandby);
        Task<Outcome<Unit>> taking = connection.TakeOverAsync(_init.Paths);
        _init.Read<TakeOver>(out _);
        Assert.Empty(connection.Owned);
        using SafeFileHandle table = MemoryFile.Create("table", "what runs"u8);
        using SafeFileHandle stored = File.OpenHandle("/dev/null");
        using SafeFileHandle given = File.OpenHandle("/dev/zero");
        _init.Write(0, new Owned(5, 50, "run-1", 0, [], [], null));
        _init.Write(new Stored("tree"), stored);
        _init.Write(new TookOver(["table", "lock"]), table, given);
        Assert.True((await taking).Succeeded(out _));
        Assert.False(connection.IsStandby);
        Assert.Equal("run-1", Assert.Single(connection.Owned).Label);
        Assert.True(connection.Inherited.IsHandedOver);
        Assert.Equal("what runs", Encoding.UTF8.GetString(connection.Inherited.Table.Span));
        Assert.Equal("lock", Assert.Single(connection.Inherited.HandedOver).Name);
        Assert.Equal("tree", Assert.Single(connection.Inherited.Stored).Name);
        _init.Write(0, new Exited(5, 3, 0, false, 0, 0, 0, 0));
        Assert.Equal(3, (await connection.Owned[0].Exited).Status.Code);
    }

    [Fact]
    public async Task After_a_crash_of_the_one_before_nothing_is_handed_over()
    {
        await using InitConnection connection = await _init.ConnectStandbyAsync();
        Task<Outcome<Unit>> taking = connection.TakeOverAsync(_init.Paths);
        _init.Read<TakeOver>(out _);
        _init.Write(0, new TookOver([]));
        Assert.True((await taking).Succeeded(out _));
        Assert.False(connection.Inherited.IsHandedOver);
        Assert.Equal(0, connection.Inherited.Table.Length);
    }

    [Fact]
    public async Task A_refused_takeover_is_the_fault_that_pv_init_gave()
    {
        await using InitConnection connection = await _init.ConnectStandbyAsync();
        Task<Outcome<Unit>> taking = connection.TakeOverAsync(_init.Paths);
        _init.Read<TakeOver>(out _);
        _init.Write(0, new Failed((int)FaultKind.FailedPrecondition, "not now"));
        Fault fault = (await taking).Fault!;
        Assert.Equal((FaultKind.FailedPrecondition, "not now"), (fault.Kind, fault.Detail));
        Assert.True(connection.IsStandby);
    }

    [Fact]
    public async Task Handing_over_sends_the_table_and_the_descriptors_by_name()
    {
        await using InitConnection connection = await _init.ConnectAsync();
        _init.Write(0, new HandOverRequested(4_000));
        Assert.Equal(TimeSpan.FromSeconds(4), await connection.HandOverRequested);
        using SafeFileHandle given = File.OpenHandle("/dev/zero");
        var legacy = new Legacy("what runs"u8.ToArray(), [new KeptDescriptor("lock", given)]);
        Assert.True(connection.HandOver(legacy).Succeeded(out _));
        Assert.Equal(["table", "lock"], _init.Read<HandedOver>(out _).Names);
        Assert.Equal(2, _init.Receiver.Descriptors.Count);
        var table = new byte[9];
        Assert.Equal(9, RandomAccess.Read(_init.Receiver.Descriptors[0], table, 0));
        Assert.Equal("what runs", Encoding.UTF8.GetString(table));
    }
}
