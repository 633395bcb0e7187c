using System.Runtime.CompilerServices;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A run up to a length of its output, as if it ended there.</summary>
internal sealed class RunSoFar(IRunSource run, ulong standardBytes, ulong errorBytes) : IRunSource
{
    public async IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsThere(position))
        {
            await foreach (RunEvent told in run.OpenAsync(position, cancellationToken))
            {
                yield return told;
                if (IsThere(position))
                {
                    break;
                }
            }
        }

        yield return new RunEvent { Exited = new Exited() };
    }

    private bool IsThere(RunPosition position) => position.StandardOffset >= standardBytes && position.ErrorOffset >= errorBytes;
}
