using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>Where the output of a run goes.</summary>
internal interface IRunOutput
{
    /// <exception cref="IOException">It cannot be written.</exception>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data);
}
