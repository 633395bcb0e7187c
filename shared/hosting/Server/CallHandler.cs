using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Server;

/// <summary>Gives calls to ASP.NET Core: its middleware, its routing, and gRPC behind them.</summary>
internal sealed class CallHandler<TContext>(IHttpApplication<TContext> application, HandlerTally tally, ILogger log) : ICallHandler
    where TContext : notnull
{
    public async Task HandleAsync(ServerCall call)
    {
        tally.Enter();
        TContext context = application.CreateContext(call);
        Exception? error = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception e)
        {
            // What a gRPC method throws is answered and logged before it comes here.
            HostingLog.UnexpectedError(log, e, call.Path);
            error = e;
        }

        try
        {
            await call.EndAsync(error);
            application.DisposeContext(context, error);
        }
        catch (Exception e)
        {
            HostingLog.UnexpectedError(log, e, call.Path);
        }
        finally
        {
            tally.Leave();
        }
    }
}
