using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using AsyncIO;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>
/// All that is used of NetMQ's internals, in one place: what NetMQ's own TCP listener does after accept(2), with a
/// connected Unix socket instead, and a look at received bytes ahead of the engine. Written against NetMQ 4.0.4.5 and AsyncIO 0.1.69; NetMQInternalsTests resolves every
/// name and says which one moved when a version changes.
/// </summary>
internal static class NetMQInternals
{
    private const string SocketBase = "NetMQ.Core.SocketBase, NetMQ";
    private const string Options = "NetMQ.Core.Options, NetMQ";
    private const string Own = "NetMQ.Core.Own, NetMQ";
    private const string ZObject = "NetMQ.Core.ZObject, NetMQ";
    private const string IOThread = "NetMQ.Core.IOThread, NetMQ";
    private const string Address = "NetMQ.Core.Address, NetMQ";
    private const string SessionBase = "NetMQ.Core.SessionBase, NetMQ";
    private const string StreamEngine = "NetMQ.Core.Transports.StreamEngine, NetMQ";
    private const string IEngine = "NetMQ.Core.Transports.IEngine, NetMQ";
    private const string Proactor = "NetMQ.Core.Utils.Proactor, NetMQ";
    private const string NativeSocket = "AsyncIO.DotNet.NativeSocket, AsyncIO";

    /// <summary>
    /// Makes <paramref name="connected"/> a connection of <paramref name="socket"/>: NetMQ's engine speaks ZMTP on it
    /// from now on, and disposes it when the connection or the socket ends. Call it on the socket's owner thread.
    /// </summary>
    /// <param name="endpoint">What the connection is called in NetMQ's monitor events.</param>
    /// <param name="guard">Sees what arrives before the engine does.</param>
    public static void Attach(NetMQSocket socket, Socket connected, string endpoint, ConnectionGuard guard)
    {
        object core = GetSocketHandle(socket);
        object options = GetOptions(core);
        object ioThread = ChooseIOThread(core, 0) ?? throw new InvalidOperationException("NetMQ has no I/O thread: NetMQConfig.ThreadPoolSize is 0");
        var native = (AsyncSocket)NewNativeSocket(connected);
        GuardedPort.On(GetProactor(ioThread)).Watch(native, GetReceived(native), guard);
        object engine = NewStreamEngine(native, options, endpoint);

        // connect: false makes the session one that ends with its connection, as an accepted one does; reconnecting is
        // done outside, by a new session.
        object session = CreateSession(null, ioThread, connect: false, core, options, NewAddress("unix", endpoint));
        IncSeqnum(session);
        LaunchChild(core, session);
        SendAttach(core, session, engine, incSeqnum: false);
    }

    // UnsafeAccessorType cannot return a reference to a field, so this one is read by reflection; with both names
    // literal the trimmer sees it.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Literal names: the trimmer keeps the field.")]
    internal static object GetOptions(object own) =>
        OptionsField?.GetValue(own) ?? throw new MissingFieldException("NetMQ.Core.Own", "m_options");

    internal static FieldInfo? OptionsField =>
        Type.GetType("NetMQ.Core.Own, NetMQ")?.GetField("m_options", BindingFlags.Instance | BindingFlags.NonPublic);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_SocketHandle")]
    [return: UnsafeAccessorType(SocketBase)]
    internal static extern object GetSocketHandle(NetMQSocket socket);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ChooseIOThread")]
    [return: UnsafeAccessorType(IOThread)]
    internal static extern object? ChooseIOThread([UnsafeAccessorType(ZObject)] object zObject, long affinity);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Proactor")]
    [return: UnsafeAccessorType(Proactor)]
    internal static extern object GetProactor([UnsafeAccessorType(IOThread)] object ioThread);

    /// <summary>Where an I/O thread takes what has happened on its sockets from.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_completionPort")]
    internal static extern ref CompletionPort Port([UnsafeAccessorType(Proactor)] object proactor);

    /// <summary>The buffer of the receive that is under way, or has just ended.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_inSocketAsyncEventArgs")]
    internal static extern ref SocketAsyncEventArgs GetReceived([UnsafeAccessorType(NativeSocket)] object native);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_SocketError")]
    internal static extern void SetSocketError(ref CompletionStatus status, SocketError error);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_BytesTransferred")]
    internal static extern void SetBytesTransferred(ref CompletionStatus status, int bytes);

    /// <summary>Of .NET itself, which keeps it for uses such as this one: the thread that waits for sockets completes what was waited for.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    internal static extern void SetPreferInlineCompletions(Socket socket, bool value);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(Address)]
    internal static extern object NewAddress(string protocol, string address);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(NativeSocket)]
    internal static extern object NewNativeSocket(Socket socket);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(StreamEngine)]
    internal static extern object NewStreamEngine(AsyncSocket handle, [UnsafeAccessorType(Options)] object options, string endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    [return: UnsafeAccessorType(SessionBase)]
    internal static extern object CreateSession(
        [UnsafeAccessorType(SessionBase)] object? type,
        [UnsafeAccessorType(IOThread)] object ioThread,
        bool connect,
        [UnsafeAccessorType(SocketBase)] object socket,
        [UnsafeAccessorType(Options)] object options,
        [UnsafeAccessorType(Address)] object address);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "IncSeqnum")]
    internal static extern void IncSeqnum([UnsafeAccessorType(Own)] object own);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "LaunchChild")]
    internal static extern void LaunchChild([UnsafeAccessorType(Own)] object own, [UnsafeAccessorType(Own)] object child);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendAttach")]
    internal static extern void SendAttach(
        [UnsafeAccessorType(ZObject)] object zObject,
        [UnsafeAccessorType(SessionBase)] object session,
        [UnsafeAccessorType(IEngine)] object engine,
        bool incSeqnum);
}
