using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Succession;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Tests.Succession;

/// <summary>One of two instances of a service on one listening socket, with the server that every service has.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Instance(SafeHandle listener, bool refusesLateCalls)
    {
        using SafeFileHandle mine = ListeningSocket.Duplicate(listener);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new HurriedTime());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.AddServer((ulong)mine.DangerousGetHandle(), HttpProtocols.Http2);
        mine.SetHandleAsInvalid(); // the server's from now on
        _app = builder.Build();
        if (refusesLateCalls)
        {
            _app.UseCallGate();
        }

        _app.Run(AnswerAsync);
        Gate = _app.Services.GetRequiredService<CallGate>();
        Listeners = _app.Services.GetRequiredService<HandOverListeners>();
    }

    public CallGate Gate { get; }

    public HandOverListeners Listeners { get; }

    /// <summary>Completes when a call to <c>/held</c> has come.</summary>
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the calls to <c>/held</c> be answered.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<Instance> StartAsync(SafeHandle listener, bool refusesLateCalls = true)
    {
        var instance = new Instance(listener, refusesLateCalls);
        await instance._app.StartAsync();
        return instance;
    }

    /// <summary>Starts another in the place of this one, in the order in which the daemon and pv-init do it.</summary>
    /// <param name="drains">Whether all calls under way are answered before.</param>
    /// <returns>The next, and what completes when the last connection to this one has gone.</returns>
    public async Task<(Instance Next, Task Closed)> HandOverAsync(SafeHandle listener, bool drains = true, bool refusesLateCalls = true)
    {
        Gate.Close();
        await (drains ? Gate.Drained : Task.CompletedTask);
        await Listeners.UnbindAsync();
        Instance next = await StartAsync(listener, refusesLateCalls);
        Listeners.AskToClose();
        Gate.Refuse();
        return (next, Listeners.ClosedAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Answers with the body.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/held")
        {
            Held.TrySetResult();
            await Released.Task;
        }

        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
