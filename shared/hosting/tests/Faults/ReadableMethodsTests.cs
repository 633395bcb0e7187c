using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Faults;

namespace PvExec.Hosting.Tests.Faults;

public sealed class ReadableMethodsTests : IAsyncLifetime
{
    private readonly LinesLogger _log = new();
    private readonly HttpClient _client = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.UseReadableMethodsOnly();
        builder.Services.AddReadableMethods<Numbers>(binder => NumbersBase.BindService(binder, null));
        _app = builder.Build();
        _app.MapGrpcService<Numbers>();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("One")]
    [InlineData("Down")]
    [InlineData("Up")]
    [InlineData("Both")]
    public async Task A_request_that_can_be_read_is_served(string method)
    {
        (string status, _, string body) = await CallAsync(method, "42");

        Assert.Equal(("0", "42"), (status, body));
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("One")]
    [InlineData("Down")]
    [InlineData("Up")]
    [InlineData("Both")]
    public async Task Bytes_that_are_no_message_are_INVALID_ARGUMENT_with_the_method_and_one_line_in_the_log(string method)
    {
        (string status, string message, _) = await CallAsync(method, "no number");

        Assert.Equal("3", status);
        Assert.StartsWith($"/test.Numbers/{method}: the request is no String: ", Uri.UnescapeDataString(message), StringComparison.Ordinal);
        Assert.StartsWith($"/test.Numbers/{method} got a request that is no message of its own: ", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    private async Task<(string Status, string Message, string Body)> CallAsync(string method, string text)
    {
        byte[] message = Encoding.ASCII.GetBytes(text);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_app.Urls.Single()}/test.Numbers/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        HttpResponseHeaders ends = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        return (
            ends.GetValues("grpc-status").Single(),
            ends.TryGetValues("grpc-message", out IEnumerable<string>? told) ? told.Single() : "",
            Encoding.ASCII.GetString(body.AsSpan(Math.Min(5, body.Length))));
    }

    private sealed class LinesLogger : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
            // The lines stay.
        }
    }
}
