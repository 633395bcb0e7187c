using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Server;
using PvExec.Hosting.Succession;
using PvExec.Hosting.Tests.Server;
using PvExec.Hosting.Tests.Succession;
using PvExec.Hosting.Unary;
using PvExec.Linux.Sockets;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Unary;

/// <summary>Serves <see cref="Trials"/> as a daemon serves a method whose calls begin on the loop.</summary>
internal sealed class TrialsServer : IAsyncDisposable
{
    private const string Path = "/test.Trials/Try";

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _client;
    private TestServer _server = null!; // set by StartAsync

    private TrialsServer() => _client = new HttpClient(UnixClient.Handler(Socket));

    public Trials Service { get; } = new();

    public Thread LoopThread => _server.LoopThread;

    public CallServer Calls => _server.Calls;

    public CallGate Gate => _server.Gate;

    public IServiceProvider Services => _server.Services;

    private string Socket => System.IO.Path.Combine(_directory.Path, "s");

    public static async Task<TrialsServer> StartAsync()
    {
        var server = new TrialsServer();
        server._server = await TestServer.StartAsync(
            ListeningSocket.Unix(server.Socket, 16),
            app =>
            {
                app.UseCallGate();
                app.MapGrpcService<Trials>();
            },
            services => new CallsOnLoop([new(Path, server.Methods(services)[Path])]),
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.None);
                builder.Services.AddGrpc(grpc =>
                {
                    grpc.MaxSendMessageSize = Daemon.MaxMessageBytes;
                    grpc.Interceptors.Add<FaultInterceptor>();
                });
                builder.Services.AddSingleton<FaultInterceptor>();
                builder.Services.AddSingleton(server.Service);
                builder.Services.UseReadableMethodsOnly();
                builder.Services.AddReadableMethods<Trials>(binder => TrialsBase.BindService(binder, null));
            });
        return server;
    }

    /// <summary>The methods that can be answered without ASP.NET Core.</summary>
    public UnaryMethods Methods(IServiceProvider services)
    {
        var methods = new UnaryMethods(services.GetRequiredService<FaultInterceptor>(), services.GetRequiredService<CallGate>());
        TrialsBase.BindService(methods, Service);
        return methods;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    /// <param name="fields">What the header has beside what every call's has.</param>
    public async Task<TrialAnswer> CallAsync(HttpContent body, (string Name, string Value)[] fields, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://service" + Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach ((string name, string value) in fields)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new TrialAnswer(
            answer, [.. response.Headers.Concat(response.Content.Headers).Select(Line).Order()], [.. response.TrailingHeaders.Select(Line).Order()]);
    }

    private static string Line(KeyValuePair<string, IEnumerable<string>> field) => $"{field.Key}: {string.Join(", ", field.Value)}";
}
