using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A call that tells of one run.</summary>
internal interface IRunSource
{
    /// <summary>Its events from the position on; they may break off, and are then opened again.</summary>
    IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, CancellationToken cancellationToken);
}
