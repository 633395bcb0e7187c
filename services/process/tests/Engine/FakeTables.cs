using System.Net;
using PvExec.Linux.Ports;
using PvExec.Linux.Processes;
using PvExec.Processes.Adapters;
using PvExec.Processes.Proxy;

namespace PvExec.Processes.Tests.Engine;

/// <summary>Kernel tables that a test writes.</summary>
internal sealed class FakeTables : IKernelTables, IPortOwners
{
    private readonly Lock _lock = new();
    private readonly List<(int Pid, ListeningEndpoint Listener)> _listeners = [];
    private readonly List<ProcessStat> _rows = [];
    private readonly Dictionary<int, ulong> _locks = [];
    private ulong _inode;

    /// <summary>After each listing of the processes: what happens while it is gone through.</summary>
    public Action? Looked { get; set; }

    /// <summary>Signals that were sent to single processes.</summary>
    public List<(int Pid, int Signal)> Signals { get; } = [];

    /// <summary>What the next look at the sockets throws, once.</summary>
    public Exception? FailOnce { get; set; }

    public void AddProcess(int pid, int parent = 1, int? session = null)
    {
        lock (_lock)
        {
            _rows.Add(new ProcessStat(pid, 'S', parent, session ?? pid, session ?? pid, 1, 0));
        }
    }

    public void RemoveProcess(int pid)
    {
        lock (_lock)
        {
            _rows.RemoveAll(row => row.Pid == pid);
            _listeners.RemoveAll(entry => entry.Pid == pid);
        }
    }

    /// <summary>The process leaves its session, as a daemon does.</summary>
    public void Detach(int pid)
    {
        lock (_lock)
        {
            int at = _rows.FindIndex(row => row.Pid == pid);
            _rows[at] = new ProcessStat(pid, 'S', 1, pid, pid, 1, 0);
        }
    }

    /// <summary>What pv-init marks a child's descendants by.</summary>
    public void Mark(int pid, ulong locks)
    {
        lock (_lock)
        {
            _locks[pid] = locks;
        }
    }

    public ulong? FileLocks(int pid)
    {
        lock (_lock)
        {
            return _locks.TryGetValue(pid, out ulong locks) ? locks : null;
        }
    }

    public void Signal(ProcessStat process, int signal)
    {
        Signals.Add((process.Pid, signal));
        SetState(process.Pid, signal == 19 ? 'T' : 'S');
    }

    /// <summary>As <see cref="SetState"/>, for all of a session.</summary>
    public void SetSessionState(int session, char state)
    {
        lock (_lock)
        {
            for (int at = 0; at < _rows.Count; at++)
            {
                _rows[at] = _rows[at].Session == session ? _rows[at] with { State = state } : _rows[at];
            }
        }
    }

    /// <summary>Stops a process, or lets it go on, as SIGSTOP and SIGCONT do.</summary>
    public void SetState(int pid, char state)
    {
        lock (_lock)
        {
            int at = _rows.FindIndex(row => row.Pid == pid);
            if (at >= 0)
            {
                _rows[at] = _rows[at] with { State = state };
            }
        }
    }

    public char StateOf(int pid)
    {
        lock (_lock)
        {
            return _rows.Find(row => row.Pid == pid).State;
        }
    }

    public void Listen(int pid, int port, string address = "127.0.0.1")
    {
        lock (_lock)
        {
            _listeners.Add((pid, new ListeningEndpoint(IPAddress.Parse(address), port, ++_inode)));
        }
    }

    public void Close(int port)
    {
        lock (_lock)
        {
            _listeners.RemoveAll(entry => entry.Listener.Port == port);
        }
    }

    public IReadOnlyList<ListeningEndpoint> Listeners()
    {
        if (FailOnce is { } failure)
        {
            FailOnce = null;
            throw failure;
        }

        lock (_lock)
        {
            return [.. _listeners.Select(entry => entry.Listener)];
        }
    }

    public IReadOnlyList<ProcessStat> Processes()
    {
        ProcessStat[] rows;
        lock (_lock)
        {
            rows = [.. _rows];
        }

        Looked?.Invoke();
        return rows;
    }

    public void AddSocketInodes(int pid, ISet<ulong> into)
    {
        lock (_lock)
        {
            into.UnionWith(_listeners.Where(entry => entry.Pid == pid).Select(entry => entry.Listener.Inode));
        }
    }

    /// <summary>Who has every port; null: nobody known.</summary>
    public string? Owner { get; set; }

    public string? OwnerOf(int port) => Owner;
}
