using Grpc.Core;

namespace PvExec.Cli.Calls;

/// <summary>Says once, while a daemon stays away, that it does and for how long it is looked for. A part that is back in a moment is not worth a line.</summary>
internal sealed class AbsenceNotice(Target target, Surroundings surroundings)
{
    /// <summary>What a graceful restart, or one after a kill, is well below.</summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _since;
    private bool _isSaid;

    /// <summary>It has answered.</summary>
    public void Ends() => (_since, _isSaid) = (null, false);

    /// <summary>It has not, and is called again.</summary>
    public void GoesOn(RpcException failure)
    {
        DateTimeOffset now = surroundings.Clock.GetUtcNow();
        _since ??= now;
        // A front that is restarted refuses nobody: its socket is kept.
        if (!_isSaid && (Reconnection.IsRefused(failure.Status.DebugException) || now - _since >= s_moment))
        {
            _isSaid = true;
            surroundings.Error.WriteLine(
                $"{CommandLine.Program}: {CallFailure.NoAnswer(failure, target)}: calling again for up to {surroundings.Patience.TotalSeconds:0} s");
        }
    }
}
