using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Front.Adapters;
using PvExec.Front.Tests.Rig;
using PvExec.Kernel;

namespace PvExec.Front.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task A_call_that_comes_on_an_old_connection_once_the_front_is_to_leave_is_refused()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        using var sockets = new ServiceSockets(new RuntimePaths("/nowhere"), TimeProvider.System);
        var front = new FrontService(new NoForwarder(), sockets, lifetime, NullLogger<FrontService>.Instance);
        lifetime.StopApplication();
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/grpc";
        context.Request.Path = "/proto.ExecService/Exec";

        await front.HandleAsync(context);

        Assert.Equal((200, "14"), (context.Response.StatusCode, context.Response.Headers["grpc-status"].ToString()));
        Assert.Contains("stopping", context.Response.Headers["grpc-message"].ToString(), StringComparison.Ordinal);
    }
}
