using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using AsyncIO;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Transport;

/// <summary>The bus is pinned to NetMQ's internals: this says which of them moved when the package changes.</summary>
public sealed class NetMQInternalsTests
{
    [Fact]
    public void Every_accessor_that_is_declared_is_resolved_below()
    {
        IEnumerable<string> declared = typeof(NetMQInternals).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.GetCustomAttribute<UnsafeAccessorAttribute>() is not null)
            .Select(method => method.Name);
        Assert.Equal(
            [
                "ChooseIOThread", "CreateSession", "GetProactor", "GetReceived", "GetSocketHandle", "IncSeqnum", "LaunchChild", "NewAddress",
                "NewNativeSocket", "NewStreamEngine", "Port", "SendAttach", "SetBytesTransferred", "SetPreferInlineCompletions",
                "SetSocketError",
            ],
            declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_internal_that_is_used_is_where_it_was_in_NetMQ_4_0_4_5()
    {
        Assert.Equal(new Version(4, 0, 4, 5), typeof(NetMQSocket).Assembly.GetName().Version);
        using var directory = new ShortDirectory();
        using Socket server = UnixPath.Listen(directory.Path("s"));
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(directory.Path("s")));
        using var socket = new DealerSocket();

        Resolve(".NET's Socket.PreferInlineCompletions", () => Run(() => NetMQInternals.SetPreferInlineCompletions(client, true)));
        object core = Resolve("NetMQSocket.SocketHandle", () => NetMQInternals.GetSocketHandle(socket));
        object options = Resolve("Own.m_options", () => NetMQInternals.GetOptions(core));
        object ioThread = Resolve("ZObject.ChooseIOThread(long)", () => NetMQInternals.ChooseIOThread(core, 0)!);
        object address = Resolve("Address(string, string)", () => NetMQInternals.NewAddress("unix", "s"));
        object native = Resolve("AsyncIO NativeSocket(Socket)", () => NetMQInternals.NewNativeSocket(client));
        object proactor = Resolve("IOThread.Proactor", () => NetMQInternals.GetProactor(ioThread));
        Resolve("Proactor.m_completionPort", () => NetMQInternals.Port(proactor));
        Resolve("AsyncIO NativeSocket.m_inSocketAsyncEventArgs", () => NetMQInternals.GetReceived(native));
        CompletionStatus status = default;
        Resolve("AsyncIO CompletionStatus.SocketError", () => Run(() => NetMQInternals.SetSocketError(ref status, SocketError.ConnectionAborted)));
        Resolve("AsyncIO CompletionStatus.BytesTransferred", () => Run(() => NetMQInternals.SetBytesTransferred(ref status, 7)));
        Assert.Equal((SocketError.ConnectionAborted, 7), (status.SocketError, status.BytesTransferred));
        object engine = Resolve("StreamEngine(AsyncSocket, Options, string)", () => NetMQInternals.NewStreamEngine((AsyncSocket)native, options, "s"));
        object session = Resolve("SessionBase.Create", () => NetMQInternals.CreateSession(null, ioThread, false, core, options, address));
        Resolve("Own.IncSeqnum()", () => Run(() => NetMQInternals.IncSeqnum(session)));
        Resolve("Own.LaunchChild(Own)", () => Run(() => NetMQInternals.LaunchChild(core, session)));
        Resolve("ZObject.SendAttach(SessionBase, IEngine, bool)", () => Run(() => NetMQInternals.SendAttach(core, session, engine, false)));
    }

    private static object Resolve(string name, Func<object> use)
    {
        try
        {
            return use();
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException or NotSupportedException or NullReferenceException)
        {
            Assert.Fail($"NetMQ's {name} is no longer what NetMQInternals says: {e.Message}");
            throw;
        }
    }

    private static object Run(Action action)
    {
        action();
        return action;
    }
}
