using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Notify;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Notify;

public sealed class OwnCallTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();

    private string Path => System.IO.Path.Combine(_directory.Path, "s");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_service_answers_itself_before_anything_that_holds_calls_back()
    {
        var never = new TaskCompletionSource();
        await using WebApplication app = await StartAsync(before: null, next => async context =>
        {
            await never.Task;
            await next(context);
        });
        for (int i = 0; i < 3; i++)
        {
            await OwnCall.AskAsync(new UnixDomainSocketEndPoint(Path), CancellationToken.None).WaitAsync(Patience);
        }

        never.SetResult();
    }

    [Fact]
    public async Task One_whose_calls_are_stuck_does_not()
    {
        var come = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        await using WebApplication app = await StartAsync(before: next => async context =>
        {
            come.SetResult();
            await never.Task;
            await next(context);
        });
        Task asked = OwnCall.AskAsync(new UnixDomainSocketEndPoint(Path), CancellationToken.None);
        await come.Task.WaitAsync(Patience);
        Assert.False(asked.IsCompleted);
        never.SetResult();
        await asked.WaitAsync(Patience);
    }

    [Fact]
    public async Task One_that_does_not_accept_does_not()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        using var enough = new CancellationTokenSource();
        Task asked = OwnCall.AskAsync(new UnixDomainSocketEndPoint(Path), enough.Token);
        using Socket accepted = await listener.AcceptAsync().WaitAsync(Patience);
        byte[] preface = new byte[14];
        Assert.Equal(preface.Length, await accepted.ReceiveAsync(preface).WaitAsync(Patience));
        Assert.Equal("PRI * HTTP/2.0"u8, preface);
        Assert.False(asked.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Patience));
    }

    private async Task<WebApplication> StartAsync(Func<RequestDelegate, RequestDelegate>? before, Func<RequestDelegate, RequestDelegate>? behind = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Path, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        if (before is not null)
        {
            app.Use(before);
        }

        app.UseOwnCalls();
        if (behind is not null)
        {
            app.Use(behind);
        }

        await app.StartAsync();
        return app;
    }
}
