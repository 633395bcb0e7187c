using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Volumes;
using Microsoft.Extensions.Logging.Abstractions;

namespace PvExec.IntegrationTests.Rig;

/// <summary>A store that outlives containers.</summary>
public sealed class StoreVolume : IAsyncLifetime
{
    public IVolume Volume { get; } = new VolumeBuilder().WithLogger(NullLogger.Instance).WithLabel(TestContainer.Label, "true").Build();

    public async ValueTask InitializeAsync() => await Volume.CreateAsync();

    public async ValueTask DisposeAsync() => await Volume.DisposeAsync();
}
