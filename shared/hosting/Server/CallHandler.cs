using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Unary;

namespace PvExec.Hosting.Server;

/// <summary>Has calls answered by the method that takes them itself, and all others by ASP.NET Core: its middleware, its routing, and gRPC behind them.</summary>
internal sealed class CallHandler<TContext>(IHttpApplication<TContext> application, HandlerTally tally, ILogger log) : ICallHandler
    where TContext : notnull
{
    public void Enter() => tally.Enter();

    public async Task HandleAsync(ServerCall call, UnaryMethod? method)
    {
        try
        {
            await (method?.TryHandle(call) ?? RunAsync(call, application.CreateContext(call)));
        }
        catch (Exception e)
        {
            Report(call, e);
            call.Abort(); // where it is answered already, nothing
        }
        finally
        {
            tally.Leave();
        }
    }

    public void Report(ServerCall call, Exception error) => HostingLog.UnexpectedError(log, error, call.Path);

    private async Task RunAsync(ServerCall call, TContext context)
    {
        Exception? error = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception e)
        {
            // What a gRPC method throws is answered and logged before it comes here.
            error = e;
            if (!call.IsClosed)
            {
                Report(call, e);
            }
        }

        try
        {
            await call.EndAsync(error);
        }
        finally
        {
            application.DisposeContext(context, error);
        }
    }
}
