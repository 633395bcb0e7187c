using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Server;
using PvExec.Hosting.Tests.Server;
using PvExec.Hosting.Tests.Succession;
using PvExec.Linux.Sockets;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Faults;

/// <summary>Serves <see cref="Numbers"/> as a daemon serves its own, and calls it with any bytes.</summary>
internal sealed class NumbersServer : IAsyncDisposable
{
    public const int MaxBytes = 2 * 1024 * 1024;

    private readonly LinesLogger _log = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _client;
    private TestServer _server = null!; // set by StartAsync

    private NumbersServer() => _client = new HttpClient(UnixClient.Handler(Socket));

    public string Socket => Path.Combine(_directory.Path, "s");

    /// <summary>What was logged, from warnings on.</summary>
    public IReadOnlyCollection<string> Lines => _log.Lines;

    /// <param name="forMore">What a caller with more than a message holds is told.</param>
    public static async Task<NumbersServer> StartAsync(string? forMore = null)
    {
        var server = new NumbersServer();
        server._server = await TestServer.StartAsync(
            ListeningSocket.Unix(server.Socket, 16),
            app => app.MapGrpcService<Numbers>().SayMessageLimit(MaxBytes, forMore),
            _ => new CallsOnLoop([new("/test.Numbers/One", null), new("/test.Numbers/Up", null)]),
            builder =>
            {
                builder.Logging.AddProvider(server._log).SetMinimumLevel(LogLevel.Warning);
                builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxBytes);
                builder.Services.UseReadableMethodsOnly();
                builder.Services.AddReadableMethods<Numbers>(binder => NumbersBase.BindService(binder, null));
            });
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    /// <param name="messages">Each becomes a message of the request.</param>
    /// <returns>grpc-status, grpc-message without its encoding, and the first message of the answer.</returns>
    public async Task<(string Status, string Message, string Body)> CallAsync(string method, params string[] messages)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://service/test.Numbers/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([.. messages.SelectMany(Framed)]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        HttpResponseHeaders ends = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        return (
            ends.GetValues("grpc-status").Single(),
            Uri.UnescapeDataString(ends.TryGetValues("grpc-message", out IEnumerable<string>? told) ? told.Single() : ""),
            Encoding.ASCII.GetString(body.AsSpan(Math.Min(5, body.Length))));
    }

    public static byte[] Framed(string text)
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
