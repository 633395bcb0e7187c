using PvExec.Kernel;
using PvExec.Linux.Events;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>
/// Waits for every child there is, in a thread of its own. A child is left in the process table until
/// <see cref="Gate"/> is free: whoever holds it can start a child and write its pid down, or send a signal to a pid,
/// before that pid can be reaped and given to another process.
/// </summary>
internal sealed class Reaper(IEndedChildren ended)
{
    /// <summary>How long the thread sleeps when there is no child; a start wakes it, an adopted orphan does not.</summary>
    private static readonly TimeSpan NoChildPause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a child whose end is told by its pidfd is left to be taken there. Meanwhile orphans may wait: they are in nobody's way.</summary>
    private static readonly TimeSpan PidFdPause = TimeSpan.FromMilliseconds(5);

    private readonly Queue<ReapedProcess> _reaped = new(256);
    private readonly HashSet<int> _leftToPidFd = new(256);
    private readonly EventCounter _event = new();
    private readonly AutoResetEvent _spawned = new(false);
    private bool _isSignalled;

    /// <summary>
    /// Guards the reaping of children, <see cref="_reaped"/>, <see cref="_leftToPidFd"/>, and whether the event is set. Nothing else is
    /// locked while it is held.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Readable when <see cref="TryTake"/> has something.</summary>
    public System.Runtime.InteropServices.SafeHandle Handle => _event.Handle;

    public void Start() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "reaper" }.Start();

    /// <summary>To be called after a start, so that a child is waited for at once.</summary>
    public void Wake() => _spawned.Set();

    /// <summary>The next ended process, in the order of their ends.</summary>
    public bool TryTake(out ReapedProcess process)
    {
        lock (Gate)
        {
            if (_reaped.TryDequeue(out process))
            {
                return true;
            }

            if (_isSignalled)
            {
                _isSignalled = false;
                _event.Reset();
            }

            return false;
        }
    }

    /// <summary>
    /// The end of a child is told by its pidfd too, to who then calls <see cref="TakeNow"/>: this thread, which would find it taken, is
    /// not woken for each. To be called with the gate held.
    /// </summary>
    public void LeaveToPidFd(int pid) => _leftToPidFd.Add(pid);

    /// <summary>Takes one that has ended, for a caller that need not wait until the thread has been woken.</summary>
    public void TakeNow(int pid)
    {
        lock (Gate)
        {
            Reap(pid);
        }
    }

    /// <summary>
    /// Makes <see cref="Handle"/> readable if somebody waits to be taken: after a failure in between, since
    /// <see cref="TakeNow"/> leaves that to its caller.
    /// </summary>
    public void Remind()
    {
        lock (Gate)
        {
            if (_reaped.Count > 0)
            {
                Signal();
            }
        }
    }

    // The gate is held.
    private void Signal()
    {
        if (!_isSignalled)
        {
            _isSignalled = true;
            _event.Set();
        }
    }

    // The gate is held.
    private bool Reap(int pid)
    {
        // It is not there when it was a failed start, which pv_spawn waits for itself, or when the other thread was first.
        bool isReaped = ended.TryReap(pid, out ExitStatus status, out ProcessUsage usage);
        if (isReaped)
        {
            Enqueue(pid, status, usage);
        }

        return isReaped;
    }

    // The gate is held.
    private void Enqueue(int pid, in ExitStatus status, in ProcessUsage usage)
    {
        _leftToPidFd.Remove(pid);
        _reaped.Enqueue(new ReapedProcess(pid, status, usage, Clock.NowMicroseconds));
    }

    private void Run()
    {
        while (true)
        {
            int pid = ended.WaitForAny();
            if (pid == 0)
            {
                _spawned.WaitOne(NoChildPause);
                continue;
            }

            if (IsLeft(pid))
            {
                Thread.Sleep(PidFdPause);
                ReapAll();
            }
        }
    }

    /// <summary>
    /// Takes whoever has ended, left to its pidfd or not. The kernel names them in the order of their starts: an orphan stands behind
    /// all children that are older, and under a steady load one of those has always just ended.
    /// </summary>
    private void ReapAll()
    {
        while (TryReapOne())
        {
        }
    }

    // The gate is free in between, so that starts need not wait for all of them.
    private bool TryReapOne()
    {
        lock (Gate)
        {
            if (!ended.TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage))
            {
                return false;
            }

            Enqueue(pid, status, usage);
            Signal();
            return true;
        }
    }

    /// <summary>Takes it, unless somebody else is about to.</summary>
    private bool IsLeft(int pid)
    {
        lock (Gate)
        {
            if (_leftToPidFd.Remove(pid))
            {
                return true;
            }

            if (Reap(pid))
            {
                Signal();
            }

            return false;
        }
    }
}
