namespace PvExec.IntegrationTests.Rig;

/// <summary>One daemon for all tests of a class: each takes names of its own.</summary>
public sealed class SharedDaemon : IAsyncLifetime
{
    public TestContainer Container { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Container = await TestContainer.StartAsync(ContainerSpec.Daemon);

    public ValueTask DisposeAsync() => Container?.DisposeAsync() ?? ValueTask.CompletedTask;
}
