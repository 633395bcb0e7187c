using PvExec.Contract;

namespace PvExec.Processes;

/// <summary>Is told of the managed processes, in order for one name. Must return at once: a keeper's lock is held.</summary>
internal interface IProcessObserver
{
    /// <param name="port">The TCP port that the process listens on, or 0.</param>
    /// <param name="exposedPort">Where it is exposed, or 0.</param>
    void Changed(string process, ProcessState state, int port, int exposedPort);
}
