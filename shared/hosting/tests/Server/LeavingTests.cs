using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PvExec.Hosting.Server;

namespace PvExec.Hosting.Tests.Server;

/// <summary>Callers that leave, and a server that does.</summary>
public sealed class LeavingTests : ServerTest
{
    [Fact]
    public async Task What_hears_of_it_may_throw()
    {
        var heard = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            if (context.Request.Path != "/held")
            {
                return;
            }

            context.RequestAborted.Register(heard.SetResult);
            context.RequestAborted.Register(() => throw new InvalidOperationException("it fails"));
            await context.Response.Body.FlushAsync();
            await heard.Task;
        });
        using (await Client.GetAsync("/held", HttpCompletionOption.ResponseHeadersRead))
        {
            // It leaves.
        }

        await heard.Task.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_call_whose_caller_left_while_it_was_held_back_is_refused_to_nobody()
    {
        var come = new TaskCompletionSource();
        await using TestServer server = await StartAsync(app =>
        {
            app.Use(next => async context =>
            {
                come.TrySetResult();
                await next(context);
            });
            app.UseCallGate();
            app.Run(_ => Task.CompletedTask);
        });
        server.Calls.HoldBack();
        using (HttpClient leaves = NewClient())
        {
            Task<HttpResponseMessage> call = leaves.GetAsync("/");
            await come.Task.WaitAsync(Patience);
            leaves.CancelPendingRequests();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await server.ReachesAsync(connections: 0);
        server.Calls.Refuse();
        await server.Calls.ClosedAsync(CancellationToken.None).WaitAsync(Patience);
    }

    /// <summary>Each has less unread than is worth telling of, and all together more than a connection may have.</summary>
    [Fact]
    public async Task Many_calls_that_were_read_a_little_stop_no_other()
    {
        const int Calls = 200;
        const int Bytes = 30_000;
        int read = 0;
        var released = new TaskCompletionSource();
        var all = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            byte[] body = new byte[Bytes];
            await context.Request.Body.ReadExactlyAsync(body);
            if (Interlocked.Increment(ref read) == Calls)
            {
                all.SetResult();
            }

            await released.Task;
        });
        Task[] calls = [.. Enumerable.Range(0, Calls).Select(_ => Client.PostAsync("/", new ByteArrayContent(new byte[Bytes])))];

        await all.Task.WaitAsync(Patience);
        released.SetResult();
        await Task.WhenAll(calls).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_its_call()
    {
        var come = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            context.RequestAborted.Register(cancelled.SetResult);
            come.SetResult();
            await cancelled.Task;
        });
        using var leaves = new CancellationTokenSource();
        Task<HttpResponseMessage> call = Client.GetAsync("/", leaves.Token);
        await come.Task.WaitAsync(Patience);
        Assert.False(cancelled.Task.IsCompleted);
        await leaves.CancelAsync();

        await cancelled.Task.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_read_that_waits_fails_when_the_caller_leaves()
    {
        var read = new TaskCompletionSource();
        var failed = new TaskCompletionSource<Exception>();
        await using TestServer server = await StartAsync(async context =>
        {
            try
            {
                _ = await context.Request.Body.ReadAsync(new byte[10]);
                read.SetResult();
                _ = await context.Request.Body.ReadAsync(new byte[10]);
            }
            catch (Exception e)
            {
                failed.SetResult(e);
            }
        });
        using var leaves = new CancellationTokenSource();
        var body = new OpenContent();
        Task<HttpResponseMessage> call = Client.PostAsync("/", body, leaves.Token);
        await body.Stream.Task.WaitAsync(Patience);
        await (await body.Stream.Task).WriteAsync("ten bytes."u8.ToArray());
        await (await body.Stream.Task).FlushAsync();
        await read.Task.WaitAsync(Patience);
        await leaves.CancelAsync();

        Assert.IsType<IOException>(await failed.Task.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    [Fact]
    public async Task A_caller_that_is_answered_early_is_told_to_send_no_more()
    {
        await using TestServer server = await StartAsync(context => context.Response.WriteAsync("enough"));
        var body = new OpenContent();
        using HttpResponseMessage response = await Client.PostAsync("/", body);

        Assert.Equal("enough", await response.Content.ReadAsStringAsync());
        Assert.Equal("enough", await Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_stop_waits_for_the_call_under_way_and_for_handlers_whose_callers_have_left()
    {
        var come = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            come.TrySetResult();
            await released.Task;
        });
        using var leaves = new CancellationTokenSource();
        Task<HttpResponseMessage> call = Client.GetAsync("/", leaves.Token);
        await come.Task.WaitAsync(Patience);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Task stopping = server.Calls.StopAsync(CancellationToken.None);
        Client.Dispose();
        await server.ReachesAsync(connections: 0);
        Assert.False(stopping.IsCompleted);
        released.SetResult();
        await stopping.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_stop_that_is_out_of_time_breaks_calls_off()
    {
        var come = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            context.RequestAborted.Register(cancelled.SetResult);
            come.SetResult();
            await cancelled.Task;
        });
        Task<HttpResponseMessage> call = Client.GetAsync("/");
        await come.Task.WaitAsync(Patience);
        await server.Calls.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call.WaitAsync(Patience));
        await cancelled.Task.WaitAsync(Patience);
    }
}
