using System.Runtime.InteropServices;
using PvExec.Http2.Native;
using PvExec.Http2.Serving;
using static PvExec.Http2.Native.Nghttp2;

namespace PvExec.Http2.Sessions;

/// <summary>An nghttp2 session: the state of one connection's HTTP/2, without its socket. What it is to send is in <see cref="NextPiece"/>.</summary>
internal sealed unsafe partial class Session : IDisposable
{
    private readonly GCHandle _owner;
    private nint _session;

    private Session(Connection owner, bool isServer, SessionOptions options)
    {
        _owner = GCHandle.Alloc(owner);
        nint session;
        nint userData = GCHandle.ToIntPtr(_owner);
        int result = isServer
            ? nghttp2_session_server_new2(&session, SessionCallbacks.Handle, userData, options.Handle)
            : nghttp2_session_client_new2(&session, SessionCallbacks.Handle, userData, options.Handle);
        Check(result, "nghttp2_session_new");
        _session = session;
    }

    public bool WantsRead => nghttp2_session_want_read(_session) != 0;

    public bool WantsWrite => nghttp2_session_want_write(_session) != 0;

    public int WaitingFrames => (int)nghttp2_session_get_outbound_queue_size(_session);

    /// <summary>How many streams the other side takes at once.</summary>
    public uint RemoteStreams => nghttp2_session_get_remote_settings(_session, SettingsEntry.MaxConcurrentStreams);

    /// <summary>How much may still be sent on all streams together.</summary>
    public int RemoteWindow => nghttp2_session_get_remote_window_size(_session);

    /// <summary>For a connection that a client has made.</summary>
    public static Session Server(Connection owner, CallerLimits limits)
    {
        using SessionOptions options = SessionOptions.Server(limits);
        var session = new Session(owner, isServer: true, options);
        session.Settings(
            limits.CallerWindowBytes,
            new(SettingsEntry.MaxConcurrentStreams, (uint)limits.CallerStreams),
            new(SettingsEntry.InitialWindowSize, (uint)limits.CallerStreamWindowBytes),
            new(SettingsEntry.MaxHeaderListSize, (uint)limits.RequestHeaderBytes));
        return session;
    }

    /// <summary>For a connection that was made to a server.</summary>
    /// <param name="window">What may be under way in all answers together, in bytes.</param>
    /// <param name="streamWindow">The same for one.</param>
    /// <param name="headerBytes">The longest header of an answer, and of a call.</param>
    public static Session Client(Connection owner, int window, int streamWindow, int headerBytes)
    {
        using SessionOptions options = SessionOptions.Client(headerBytes);
        var session = new Session(owner, isServer: false, options);
        session.Settings(
            window,
            new(SettingsEntry.EnablePush, 0),
            new(SettingsEntry.InitialWindowSize, (uint)streamWindow),
            new(SettingsEntry.MaxHeaderListSize, (uint)headerBytes));
        return session;
    }

    /// <summary>Takes what has come; the connection is told what is in it.</summary>
    /// <returns>0, or nghttp2's error number after which the session is of no use.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count = nghttp2_session_mem_recv(_session, start, (nuint)bytes.Length);
            return count < 0 ? (int)count : 0;
        }
    }

    /// <summary>What is to be sent next: a frame or a part of one. Valid until the next call of anything here.</summary>
    /// <param name="error">0, or nghttp2's error number after which the session is of no use.</param>
    public ReadOnlySpan<byte> NextPiece(out int error)
    {
        byte* start;
        nint count = nghttp2_session_mem_send(_session, &start);
        error = count < 0 ? (int)count : 0;
        return count > 0 ? new ReadOnlySpan<byte>(start, (int)count) : default;
    }

    public void Dispose()
    {
        if (_session != 0)
        {
            nghttp2_session_del(_session);
            _session = 0;
            _owner.Free();
        }
    }

    public static string Describe(int error) => Marshal.PtrToStringUTF8((nint)nghttp2_strerror(error)) ?? "";

    public static string Describe(ErrorCode code) => Marshal.PtrToStringUTF8((nint)nghttp2_http2_strerror((uint)code)) ?? "";

    /// <exception cref="InvalidOperationException">The call failed: no memory, or a bug here.</exception>
    public static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"{call}: {Describe(result)}");
        }
    }

    private void Settings(int connectionWindow, params ReadOnlySpan<SettingsEntry> entries)
    {
        fixed (SettingsEntry* start = entries)
        {
            Check(nghttp2_submit_settings(_session, 0, start, (nuint)entries.Length), "nghttp2_submit_settings");
        }

        Check(nghttp2_session_set_local_window_size(_session, 0, 0, connectionWindow), "nghttp2_session_set_local_window_size");
    }
}
