using Grpc.Core;

namespace PvExec.Cli.Calls;

/// <summary>A call that tells what changes for as long as this program wants to know: made again when it breaks off, or the daemon ends it.</summary>
internal sealed class StandingCall(Target target, Surroundings surroundings)
{
    /// <summary>Comes back only by an exception.</summary>
    /// <param name="listen">Makes the call and listens to its end; says each time that the daemon has told something.</param>
    /// <exception cref="RpcException">It is refused, or the daemon stays away.</exception>
    public async Task MakeAsync(Func<Action, Task> listen, CancellationToken cancellationToken)
    {
        var reconnection = new Reconnection(surroundings.Clock, surroundings.Patience);
        var absence = new AbsenceNotice(target, surroundings);
        bool isAnswered = false;
        while (true)
        {
            RpcException failure;
            try
            {
                await listen(() =>
                {
                    reconnection.Works();
                    absence.Ends();
                    isAnswered = true;
                });
                failure = new RpcException(new Status(StatusCode.Unavailable, "the daemon ended the call"));
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested && Reconnection.IsBreak(e, isAnswered))
            {
                failure = e;
            }

            if (!await reconnection.PauseAsync(cancellationToken))
            {
                throw failure;
            }

            absence.GoesOn(failure);
        }
    }
}
