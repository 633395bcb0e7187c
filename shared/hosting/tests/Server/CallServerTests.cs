using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Hosting.Tests.Server;

/// <summary>What a service's server makes of requests, and of what its handlers answer.</summary>
public sealed class CallServerTests : ServerTest
{
    [Fact]
    public async Task A_handler_sees_the_request_as_it_was_sent()
    {
        await using TestServer server = await StartAsync(async context =>
        {
            HttpRequest request = context.Request;
            using var body = new StreamReader(request.Body);
            await context.Response.WriteAsync(
                $"{request.Protocol} {request.Method} {request.Scheme} {request.Host} {request.Path.Value} {request.QueryString} {request.Headers["x-one"]} {await body.ReadToEndAsync()}");
        });
        using var request = Request(HttpMethod.Put, "/a%20b/c?d=e", new StringContent("body"));
        request.Headers.Add("x-one", ["1", "2"]);
        using HttpResponseMessage response = await Client.SendAsync(request);

        string said = await response.Content.ReadAsStringAsync();
        Assert.Matches("^HTTP/2 PUT http service /a b/c \\?d=e 1, ?2 body$", said);
    }

    [Fact]
    public async Task An_answer_has_its_status_its_header_its_body_and_its_trailers()
    {
        await using TestServer server = await StartAsync(async context =>
        {
            context.Response.StatusCode = 202;
            context.Response.Headers["X-Head"] = "h";
            await context.Response.WriteAsync("body");
            context.Response.AppendTrailer("x-trail", "t");
        });
        using HttpResponseMessage response = await Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["h"], response.Headers.GetValues("x-head"));
        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal(["t"], response.TrailingHeaders.GetValues("x-trail"));
    }

    [Fact]
    public async Task An_answer_without_a_body_may_have_trailers()
    {
        await using TestServer server = await StartAsync(async context =>
        {
            await context.Response.StartAsync();
            context.Response.AppendTrailer("x-trail", "t");
        });
        using HttpResponseMessage response = await Client.GetAsync("/");

        Assert.Equal("", await response.Content.ReadAsStringAsync());
        Assert.Equal(["t"], response.TrailingHeaders.GetValues("x-trail"));
    }

    [Fact]
    public async Task A_large_body_goes_both_ways_through_all_windows()
    {
        byte[] sent = new byte[(9 * 1024 * 1024) + 17];
        new Random(5).NextBytes(sent);
        await using TestServer server = await StartAsync(async context =>
        {
            // A stock client does not read before it has sent all.
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        });
        using HttpResponseMessage response = await Client.PostAsync("/", new ByteArrayContent(sent));

        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_message_longer_than_the_window_is_taken_in_one_piece()
    {
        const int Length = 5 * 1024 * 1024;
        await using TestServer server = await StartAsync(async context =>
        {
            PipeReader reader = context.Request.BodyReader;
            ReadResult result = await reader.ReadAsync();
            while (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await reader.ReadAsync();
            }

            await context.Response.WriteAsync($"{result.Buffer.Length}");
            reader.AdvanceTo(result.Buffer.End);
        });
        using HttpResponseMessage response = await Client.PostAsync("/", new ByteArrayContent(new byte[Length]));

        Assert.Equal($"{Length}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_handler_that_writes_faster_than_its_caller_reads_waits_and_holds_up_no_other_call()
    {
        const int Piece = 64 * 1024;
        long written = 0;
        await using TestServer server = await StartAsync(async context =>
        {
            if (context.Request.Path == "/short")
            {
                return;
            }

            byte[] piece = new byte[Piece];
            for (int i = 0; i < 1024; i++)
            {
                await context.Response.Body.WriteAsync(piece);
                Interlocked.Add(ref written, Piece);
            }
        });
        using HttpResponseMessage response = await Client.GetAsync("/long", HttpCompletionOption.ResponseHeadersRead);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync("/short")).StatusCode);
        }

        // The client's window, what waits for it here, and what is under way between the two: far less than all.
        Assert.InRange(Interlocked.Read(ref written), Piece, 1024 * Piece / 2);
        Assert.Equal(1024 * Piece, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task What_a_caller_sends_bit_by_bit_is_read_and_answered_bit_by_bit()
    {
        await using TestServer server = await StartAsync(async context =>
        {
            byte[] buffer = new byte[100];
            int count;
            while ((count = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }
        });
        var body = new OpenContent();
        using var request = Request(HttpMethod.Post, "/", body);
        Task<HttpResponseMessage> call = Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Stream sending = await body.Stream.Task.WaitAsync(Patience);
        Stream? answer = null;
        for (int i = 0; i < 20; i++)
        {
            byte[] bit = Encoding.UTF8.GetBytes($"bit {i:D3}");
            await sending.WriteAsync(bit);
            await sending.FlushAsync();
            answer ??= await (await call.WaitAsync(Patience)).Content.ReadAsStreamAsync();
            byte[] echo = new byte[bit.Length];
            await answer.ReadExactlyAsync(echo);
            Assert.Equal(bit, echo);
        }

        body.Ended.SetResult();
        Assert.Equal(0, await answer!.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_call_of_a_path_that_is_named_stays_on_the_loop_and_others_do_not()
    {
        var threads = new Dictionary<string, List<Thread>>();
        await using TestServer server = await StartAsync(
            async context =>
            {
                var own = new List<Thread> { Thread.CurrentThread };
                byte[] body = new byte[3];
                await context.Request.Body.ReadExactlyAsync(body);
                own.Add(Thread.CurrentThread);
                await context.Response.Body.WriteAsync(body);
                own.Add(Thread.CurrentThread);
                lock (threads)
                {
                    threads.Add(context.Request.Path, own);
                }
            },
            "/on");
        foreach (string path in new[] { "/on", "/off" })
        {
            using HttpResponseMessage response = await Client.PostAsync(path, new ByteArrayContent([1, 2, 3]));
            Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync());
        }

        Assert.All(threads["/on"], thread => Assert.Same(server.LoopThread, thread));
        Assert.DoesNotContain(server.LoopThread, threads["/off"]);
    }

    [Theory]
    [InlineData("/on")]
    [InlineData("/off")]
    public async Task A_handler_that_throws_is_answered_with_500_and_ends_no_other_call(string path)
    {
        await using TestServer server = await StartAsync(
            context => context.Request.Path == path ? throw new InvalidOperationException("it fails") : context.Response.WriteAsync("fine"), "/on");

        Assert.Equal(HttpStatusCode.InternalServerError, (await Client.GetAsync(path)).StatusCode);
        Assert.Equal("fine", await Client.GetStringAsync("/other"));
    }

    [Fact]
    public async Task One_that_throws_in_the_middle_of_its_answer_breaks_that_answer_off()
    {
        var begun = new TaskCompletionSource();
        await using TestServer server = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("some");
            await context.Response.Body.FlushAsync();
            await begun.Task;
            throw new InvalidOperationException("it fails");
        });
        using HttpResponseMessage response = await Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        begun.SetResult();

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
        Assert.Contains("INTERNAL_ERROR", error.ToString());
    }

    [Fact]
    public async Task A_handler_may_reset_its_stream()
    {
        await using TestServer server = await StartAsync(context =>
        {
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(11);
            return Task.CompletedTask;
        });

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync("/"));
        Assert.Contains("ENHANCE_YOUR_CALM", error.ToString());
    }

    [Fact]
    public async Task A_header_beyond_the_limit_is_answered_with_431_and_the_connection_stays()
    {
        await using TestServer server = await StartAsync(context => context.Response.WriteAsync("fine"));
        using var request = Request(HttpMethod.Get, "/");
        for (int i = 0; i < 10; i++)
        {
            request.Headers.Add($"x-long-{i}", new string('x', 4000));
        }

        try
        {
            Assert.Equal((HttpStatusCode)431, (await Client.SendAsync(request)).StatusCode);
        }
        catch (HttpRequestException e) when (e.Message.Contains("server limit"))
        {
            // The client had heard of the limit before it sent the header.
        }

        Assert.Equal("fine", await Client.GetStringAsync("/"));
    }
}
