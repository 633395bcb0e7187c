using PvExec.Hosting.Server;

namespace PvExec.Hosting.Unary;

/// <summary>
/// A method with one message each way, whose usual calls are answered without ASP.NET Core: its routing, contexts and pipes are most of
/// what a call costs that does little.
/// </summary>
internal abstract class UnaryMethod
{
    /// <summary>On the loop, when the header has come.</summary>
    /// <returns>Completes when the call has been answered. Null when ASP.NET Core has to answer it: nothing of it was taken.</returns>
    public abstract Task? TryHandle(ServerCall call);
}
