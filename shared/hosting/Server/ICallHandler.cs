using PvExec.Hosting.Unary;

namespace PvExec.Hosting.Server;

/// <summary>What a server does with a call.</summary>
internal interface ICallHandler
{
    /// <summary>A call is about to be handled: a stop waits for it.</summary>
    void Enter();

    /// <summary>Returns when the call, which has entered, has been answered. Never throws.</summary>
    /// <param name="method">Is asked first, where the call's method has one message each way.</param>
    Task HandleAsync(ServerCall call, UnaryMethod? method);

    /// <summary>Something of a call has failed that nobody else hears of.</summary>
    void Report(ServerCall call, Exception error);
}
