using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;

namespace PvExec.Exec.Core;

/// <summary>Is told what happens to runs and locks. Must not block, nor call back.</summary>
/// <remarks>What an earlier instance of the service has told is not told again.</remarks>
public interface IExecObserver
{
    /// <summary>The run's processes run.</summary>
    void Started(Run run);

    /// <summary>The run's processes have ended, perhaps while no instance of the service was there; each run of which <see cref="Started"/> was told ends once at most.</summary>
    void Ended(Run run, ExitStatus status);

    /// <summary>The ticket's holder has its locks now.</summary>
    void Held(ScopeTicket ticket);

    /// <summary>The locks are given back: told just before, so that the next one to have them is told of afterwards.</summary>
    void Freed(ScopeTicket ticket);

    /// <summary>The run gave its locks back while no instance of the service was there to tell it.</summary>
    void FreedUnseen(Run run);
}
