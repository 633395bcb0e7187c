using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using PvExec.Kernel;

namespace PvExec.Init;

/// <summary>
/// Every line that pv-init writes to standard error. By poll(2) and write(2), since <c>Console</c> would bring the
/// runtime's own SIGCHLD handling; a line that nobody reads is dropped rather than waited for.
/// </summary>
internal static unsafe partial class InitLog
{
    private const int StandardError = 2;
    private const short POLLOUT = 4;

    private static readonly Lock WriteLock = new(); // guards s_dropped and the order of lines
    private static int s_dropped;

    /// <summary>For <see cref="Text"/>; the event loop's.</summary>
    private static readonly Dictionary<int, string> s_errors = [];

    /// <summary>One line, with the program's name in front.</summary>
    public static void Line(string text) => Line($"{text}");

    /// <summary>As the other, allocating nothing.</summary>
    public static void Line(LogText text)
    {
        lock (WriteLock)
        {
            if (!TryTellDropped() || !Write(text.ToLine()))
            {
                s_dropped++;
            }
        }
    }

    /// <summary>Into memory of its own: the line that comes after it waits in the other.</summary>
    private static bool TryTellDropped()
    {
        if (s_dropped > 0)
        {
            Span<byte> line = stackalloc byte[96];
            _ = Utf8.TryWrite(line, CultureInfo.InvariantCulture, $"pv-init: {s_dropped} lines were dropped: nobody reads standard error\n", out int length);
            if (!Write(line[..length]))
            {
                return false;
            }

            s_dropped = 0;
        }

        return true;
    }

    /// <summary>What an error means, made up once.</summary>
    private static string Text(int errno)
    {
        if (!s_errors.TryGetValue(errno, out string? text))
        {
            s_errors.Add(errno, text = Linux.Errno.Describe(errno));
        }

        return text;
    }

    public static void Ready(string host, int port, string? worktree) =>
        Line($"ready on {host}:{port}{(worktree is null ? "" : " (worktree at ")}{worktree}{(worktree is null ? "" : ")")}");

    /// <param name="again">Null when it is not started again.</param>
    public static void ServiceEnded(string service, int pid, ExitStatus status, TimeSpan? again)
    {
        if (again is { } time)
        {
            Line($"warning: {service} (pid {pid}) ended with {status}: starting it again in {time.TotalMilliseconds:0} ms");
        }
        else
        {
            Line($"warning: {service} (pid {pid}) ended with {status}");
        }
    }

    public static void ServiceGivenUp(string service, int times) =>
        Line($"error: {service} has ended {times} times in a row and is given up: mend it, then 'pv_exec services restart {service}'");

    public static void Silent(string service, int pid, long milliseconds) =>
        Line($"warning: {service} (pid {pid}) has given no sign of life for {milliseconds / 1000.0:0.#} s: ending it by SIGABRT, and by SIGKILL in {Core.WatchdogRule.AbortTime / 1000} s");

    public static void NotReadyInTime(string service, int pid, long milliseconds) =>
        Line($"warning: {service} (pid {pid}) is not ready {milliseconds / 1000.0:0.#} s after its start: ending it by SIGABRT, and by SIGKILL in {Core.WatchdogRule.AbortTime / 1000} s; --start-timeout gives it more time");

    public static void WatchdogTriggered(string service, int pid) =>
        Line($"warning: {service} (pid {pid}) asks to be ended (WATCHDOG=trigger): ending it by SIGABRT, and by SIGKILL in {Core.WatchdogRule.AbortTime / 1000} s");

    public static void StoreFull(string service, int room) =>
        Line($"warning: {service}: its store holds {room} descriptors already: closed one more");

    public static void ServiceNotStarted(string service, string stage, string error, TimeSpan again) =>
        Line($"warning: {service} could not be started: {stage}: {error}: trying again in {again.TotalMilliseconds:0} ms");

    public static void ServiceBack(string service, int pid, int restarts) =>
        Line($"{service} is back (pid {pid}, restart {restarts})");

    public static void ServiceRestarted(string service, int pid, int restarts) =>
        Line($"{service} was restarted as asked (pid {pid}, restart {restarts})");

    public static void ServiceReplaced(string service, int earlier, int pid, int restarts) =>
        Line($"{service}: pid {pid} has taken the place of pid {earlier} (restart {restarts})");

    public static void RetiredEnded(string service, int pid, ExitStatus status) =>
        Line($"warning: {service}: the earlier instance (pid {pid}) ended with {status}: calls that it still held have failed");

    public static void EndedBeforeHandingOver(string service, int pid, ExitStatus status) =>
        Line($"warning: {service} (pid {pid}) ended with {status} before it had handed over: the new instance goes on as after a crash");

    public static void ReplacementLate(string service, int pid, string state) =>
        Line($"warning: {service}: killed pid {pid}, which took too long ({state})");

    public static void NotRestarted(string service, string why) => Line($"warning: {service} was not restarted: {why}");

    public static void Status(Proto.Init.ServiceStatus one) => Line(
        $"status: {one.Name}: {one.State}, pid {one.Pid}, {one.Restarts} restarts, up {one.UptimeMilliseconds / 1000} s, {one.ResidentBytes / 1024} KiB{(one.StatusText.Length > 0 ? ", says: " : "")}{one.StatusText}");

    public static void Children(int living, int ended) => Line($"status: children: {living} run, {ended} have ended and are not acknowledged");

    public static void SupervisorDeaf(string socket, string error) => Line($"warning: NOTIFY_SOCKET '{socket}' does not take a message: {error}");

    public static void ReadyForServices(string directory) => Line($"ready in {directory} for services that somebody else runs");

    public static void Malformed(int pid, string what, int? number)
    {
        if (number is { } one)
        {
            Line($"warning: closing the line of pid {pid}: {what}{one}");
        }
        else
        {
            Line($"warning: closing the line of pid {pid}: {what}");
        }
    }

    public static void Refused(int pid, uint uid) => Line($"warning: refused a connection of pid {pid}, user {uid}: only pv-init's own user may ask");

    public static void NotWatched(int pid) =>
        Line($"warning: closing a connection of pid {pid}: the kernel has no room to watch it (epoll_ctl(2), fs.epoll.max_user_watches)");

    public static void AcceptPaused(int errno, int milliseconds) =>
        Line($"warning: cannot accept a connection: {Text(errno)}: trying again in {milliseconds} ms, or when one closes; raise the limit of open files if this goes on");

    public static void StrangeNotify(int pid) => Line($"warning: ignored a notification of pid {pid}, which is no service");

    public static void ExitsDropped(long count, int bound) =>
        Line($"warning: {bound} exits wait to be acknowledged: forgot {count} of the oldest");

    public static void Stopping(string why, TimeSpan bound) => Line($"stopping: {why}; at most {bound.TotalSeconds:0.#} s");

    public static void Step(string text) => Line($"stopping: {text}");

    public static void Killed(string what) => Line($"warning: stopping: killed {what}");

    public static void SocketsLeft(string directory, string error) =>
        Line($"warning: sockets are left in '{directory}': {error}: the next start on it removes them");

    public static void WorktreeNotStarted(string stage, string error) =>
        Line($"error: stopping: the worktree is not saved, since its service could not be started again: {stage}: {error}: the snapshot before it stands");

    public static void Unexpected(Exception e) => Line($"error: unexpected, and going on: {e.ToString()}");

    private static bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int written = 0;
            while (written < bytes.Length)
            {
                var one = new pollfd { fd = StandardError, events = POLLOUT };
                if (poll(&one, 1, 0) != 1 || (one.revents & POLLOUT) == 0)
                {
                    return false;
                }

                nint count = write(StandardError, start + written, (nuint)(bytes.Length - written));
                if (count <= 0)
                {
                    return false;
                }

                written += (int)count;
            }
        }

        return true;
    }

    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buf, nuint count);
}
