using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Server;
using PvExec.Hosting.Tests.Server;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Tests.Succession;

/// <summary>One of two instances of a service on one listening socket, with the server that every service has.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly TestServer _server;

    private Instance(TestServer server) => _server = server;

    public static async Task<Instance> StartAsync(SafeHandle listener, bool refusesLateCalls = true) =>
        new(await TestServer.StartAsync(ListeningSocket.Duplicate(listener), app =>
        {
            if (refusesLateCalls)
            {
                app.UseCallGate();
            }

            app.Run(context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted));
        }));

    /// <summary>Starts another in the place of this one, in the order in which the daemon and pv-init do it.</summary>
    /// <param name="drains">Whether all calls under way are answered before.</param>
    /// <returns>The next, and what completes when the last connection to this one has gone.</returns>
    public async Task<(Instance Next, Task Closed)> HandOverAsync(SafeHandle listener, bool drains = true, bool refusesLateCalls = true)
    {
        _server.Calls.HoldBack();
        await (drains ? _server.Gate.Drained : Task.CompletedTask);
        await _server.Calls.UnbindAsync();
        Instance next = await StartAsync(listener, refusesLateCalls);
        _server.Calls.AskToClose();
        _server.Calls.Refuse();
        return (next, _server.Calls.ClosedAsync(CancellationToken.None));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
