using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Tests.Succession;

public sealed class HandOverTests : IDisposable
{
    private const int Callers = 32;
    private const int Switches = 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pvs-");
    private readonly string _path;
    private readonly SafeFileHandle _listener;

    public HandOverTests()
    {
        _path = Path.Combine(_directory.FullName, "s");
        _listener = ListeningSocket.Unix(_path, 512);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_call_of_32_callers_fails_while_20_instances_follow_one_another(bool refusesLateCalls)
    {
        Instance instance = await Instance.StartAsync(_listener, refusesLateCalls);
        using var client = new UnixClient(_path);
        using var enough = new CancellationTokenSource();
        var answered = new int[Callers];
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(client, caller, answered, enough.Token)))];
        for (int i = 0; i < Switches; i++)
        {
            await EachIsAnsweredAsync(answered, callers);
            (Instance next, Task closed) = await instance.HandOverAsync(_listener, drains: refusesLateCalls, refusesLateCalls);
            await closed;
            await instance.DisposeAsync();
            instance = next;
        }

        await EachIsAnsweredAsync(answered, callers);
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        await instance.DisposeAsync();
    }

    /// <summary>Each caller goes on to another call as soon as one is answered; the first failure ends it.</summary>
    private static async Task CallAsync(UnixClient client, int caller, int[] answered, CancellationToken enough)
    {
        byte[] body = [.. Enumerable.Range(0, 1 + (caller * 1000)).Select(i => (byte)(i + caller))];
        while (!enough.IsCancellationRequested)
        {
            Assert.Equal(body, await client.CallAsync(body));
            Interlocked.Increment(ref answered[caller]);
        }
    }

    private static async Task EachIsAnsweredAsync(int[] answered, Task[] callers)
    {
        int[] before = [.. answered];
        while (Enumerable.Range(0, Callers).Any(caller => Volatile.Read(ref answered[caller]) == before[caller]))
        {
            Task? failed = Array.Find(callers, caller => caller.IsFaulted);
            await (failed ?? Task.CompletedTask);
            await Task.Yield();
        }
    }
}
