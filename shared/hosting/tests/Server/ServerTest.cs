using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Server;
using PvExec.Hosting.Tests.Succession;
using PvExec.Hosting.Unary;
using PvExec.Linux.Sockets;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Server;

/// <summary>A service's server on a socket of its own, and a stock HTTP/2 client of it.</summary>
public abstract class ServerTest : IDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly SafeFileHandle _listener;

    protected ServerTest()
    {
        _listener = ListeningSocket.Unix(Socket, 16);
        Client = NewClient();
    }

    protected HttpClient Client { get; }

    private string Socket => Path.Combine(_directory.Path, "s");

    public void Dispose()
    {
        Client.Dispose();
        _listener.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One with a connection of its own.</summary>
    private protected HttpClient NewClient() => new(UnixClient.Handler(Socket))
    {
        BaseAddress = new Uri("http://service"),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Patience,
    };

    private protected static HttpRequestMessage Request(HttpMethod method, string target, HttpContent? content = null) => new(method, target)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    private protected Task<TestServer> StartAsync(RequestDelegate handler, params string[] pathsOnLoop) => StartAsync(app => app.Run(handler), pathsOnLoop);

    private protected Task<TestServer> StartAsync(Action<WebApplication> configure, params string[] pathsOnLoop) =>
        TestServer.StartAsync(ListeningSocket.Duplicate(_listener), configure, _ => new CallsOnLoop(pathsOnLoop.Select(path => KeyValuePair.Create<string, UnaryMethod?>(path, null))));
}
