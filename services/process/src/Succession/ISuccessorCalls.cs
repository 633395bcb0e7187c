using PvExec.Kernel;

namespace PvExec.Processes.Succession;

/// <summary>Asks the instance that has taken this one's place.</summary>
internal interface ISuccessorCalls
{
    /// <summary>How the restart or removal of a process ended that this instance has begun and the new one goes on with.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the restart or removal.</param>
    /// <exception cref="Grpc.Core.RpcException">The new instance's own answer when it failed; it is for the caller as it is.</exception>
    Task<Outcome<Unit>> ResultOfAsync(string process, CancellationToken cancellationToken);
}
