using PvExec.Kernel;
using PvExec.Processes.Engine;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Tests.Engine;

/// <summary>The instance that has taken over, once there is one.</summary>
internal sealed class NextEngine : ISuccessorCalls
{
    private readonly TaskCompletionSource<ProcessEngine> _engine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set(ProcessEngine engine) => _engine.SetResult(engine);

    public async Task<Outcome<Unit>> ResultOfAsync(string process, CancellationToken cancellationToken) =>
        await (await _engine.Task.WaitAsync(cancellationToken)).ResumedAsync(process, cancellationToken);
}
