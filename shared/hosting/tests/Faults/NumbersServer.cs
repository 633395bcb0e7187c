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

/// <summary>Serves <see cref="Numbers"/> as a daemon serves its own, and calls it with any bytes.</summary>
internal sealed class NumbersServer : IAsyncDisposable
{
    public const int MaxBytes = 2 * 1024 * 1024;

    private readonly LinesLogger _log = new();
    private readonly HttpClient _client = new();
    private readonly WebApplication _app;

    private NumbersServer(string? forMore)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxBytes);
        builder.Services.UseReadableMethodsOnly();
        builder.Services.AddReadableMethods<Numbers>(binder => NumbersBase.BindService(binder, null));
        _app = builder.Build();
        _app.MapGrpcService<Numbers>().SayMessageLimit(MaxBytes, forMore);
    }

    /// <summary>What was logged, from warnings on.</summary>
    public IReadOnlyCollection<string> Lines => _log.Lines;

    /// <param name="forMore">What a caller with more than a message holds is told.</param>
    public static async Task<NumbersServer> StartAsync(string? forMore = null)
    {
        var server = new NumbersServer(forMore);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    /// <param name="messages">Each becomes a message of the request.</param>
    /// <returns>grpc-status, grpc-message without its encoding, and the first message of the answer.</returns>
    public async Task<(string Status, string Message, string Body)> CallAsync(string method, params string[] messages)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_app.Urls.Single()}/test.Numbers/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([.. messages.SelectMany(Framed)]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        HttpResponseHeaders ends = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        return (
            ends.GetValues("grpc-status").Single(),
            Uri.UnescapeDataString(ends.TryGetValues("grpc-message", out IEnumerable<string>? told) ? told.Single() : ""),
            Encoding.ASCII.GetString(body.AsSpan(Math.Min(5, body.Length))));
    }

    private static byte[] Framed(string text)
    {
        byte[] message = Encoding.ASCII.GetBytes(text);
        int length = message.Length;
        return [0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. message];
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
