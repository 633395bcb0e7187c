using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PvExec.IntegrationTests.Rig;

/// <summary>Makes Testcontainers speak with older engines: it asks for API versions from before they existed.</summary>
internal static partial class DockerEnvironment
{
    private const string Socket = "/var/run/docker.sock";

    /// <summary>The first version that Testcontainers' own default works with.</summary>
    private static readonly Version EnoughForDefaults = new(1, 44);

#pragma warning disable CA2255 // A test assembly is a program: the variables must be there before Testcontainers reads them.
    [ModuleInitializer]
    internal static void Initialize()
#pragma warning restore CA2255
    {
        // The reaper is an image of its own, which is not there without an image registry; deploy/scripts/test.sh removes what is left.
        SetDefault("TESTCONTAINERS_RYUK_DISABLED", "true");
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is null && File.Exists(Socket) && ApiVersion() is { } version && version < EnoughForDefaults)
        {
            SetDefault("DOCKER_API_VERSION", version.ToString());
            SetDefault("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1");
        }
    }

    private static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    // A synchronous socket: waiting for an asynchronous one deadlocks in a module initializer.
    private static Version? ApiVersion()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
        }
        catch (SocketException)
        {
            // No engine: the first container says so better than this could.
            return null;
        }

        socket.Send("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"u8);
        byte[] buffer = new byte[4096];
        int length = socket.Receive(buffer);
        Match match = ApiVersionHeader().Match(Encoding.ASCII.GetString(buffer, 0, length));
        return match.Success ? Version.Parse(match.Groups[1].ValueSpan) : null;
    }

    [GeneratedRegex(@"^Api-Version: (\d+\.\d+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ApiVersionHeader();
}
