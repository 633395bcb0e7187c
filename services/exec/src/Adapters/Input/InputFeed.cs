using System.Runtime.InteropServices;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Events;
using PvExec.Linux.Files;
using PvExec.Linux.Terminals;

namespace PvExec.Exec.Adapters.Input;

/// <summary>
/// The input of one run: taken into a file from whoever gives some, and moved on from there on the thread of an
/// <see cref="InputPump"/> once the run's processes have been started.
/// </summary>
public sealed class InputFeed : IRunInput
{
    /// <summary>Guards all fields below, the file, and that nothing is moved while they are changed; a leaf.</summary>
    private readonly Lock _lock = new();

    /// <summary>So many end-of-file characters are typed behind input that fills all the room; more of them say nothing new.</summary>
    private const int MostEndsBeyondRoom = 1024;

    private readonly InputFile _file;
    private TerminalSettings? _terminal;
    private InputWay? _way;
    private Action? _onAllGone;
    private Action? _wake;
    private bool _isUnread;
    private IOException? _error;

    internal InputFeed(InputFile file, TerminalSettings? terminal)
    {
        _file = file;
        _terminal = terminal;
    }

    public ChangeSignal Changes { get; } = new();

    public TerminalSettings? Terminal
    {
        get
        {
            lock (_lock)
            {
                return _terminal;
            }
        }
    }

    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _file.Length;
            }
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _file.IsClosed;
            }
        }
    }

    public IOException? Error
    {
        get
        {
            lock (_lock)
            {
                return _error;
            }
        }
    }

    /// <summary>To be kept by pv-init.</summary>
    internal SafeHandle Handle => _file.Handle;

    public int Take(ReadOnlySpan<byte> bytes)
    {
        int count;
        Action? wake;
        lock (_lock)
        {
            if (_isUnread || _file.IsClosed)
            {
                return bytes.Length;
            }

            count = (int)Math.Clamp(Interaction.RoomBytes - (_file.Length - _file.Position), 0, bytes.Length);
            if (count == 0)
            {
                return 0;
            }

            _file.Append(bytes[..count]);
            wake = _wake;
        }

        wake?.Invoke();
        return count;
    }

    public void Close()
    {
        Action? wake;
        lock (_lock)
        {
            if (_isUnread || _file.IsClosed)
            {
                return;
            }

            if (_terminal is null)
            {
                _file.Close();
            }
            else if (_file.Length - _file.Position < Interaction.RoomBytes + MostEndsBeyondRoom)
            {
                _file.Append([_way is null ? EndOfFileCharacter.Usual : EndOfFileCharacter.Of(_way.Terminal!.Master)]);
            }

            wake = _wake;
        }

        wake?.Invoke();
    }

    public void Resize(int columns, int rows)
    {
        lock (_lock)
        {
            if (_terminal is { } terminal && !_isUnread)
            {
                _terminal = terminal with { Columns = columns, Rows = rows };
                if (_way is { } way)
                {
                    new TerminalSize((ushort)columns, (ushort)rows).Set(way.Terminal!.Master);
                }
            }
        }
    }

    public byte[] Rest()
    {
        lock (_lock)
        {
            return _file.Rest();
        }
    }

    public bool SetAside(int firstBytes)
    {
        lock (_lock)
        {
            return !_isUnread && _file.SetAside(firstBytes);
        }
    }

    public void PutBack(ReadOnlySpan<byte> first)
    {
        lock (_lock)
        {
            if (!_isUnread)
            {
                _file.PutBack(first);
            }
        }
    }

    /// <summary>The run has ended, or was not started: what is left is dropped.</summary>
    public void Dispose()
    {
        Action? allGone;
        lock (_lock)
        {
            allGone = End();
            _file.Dispose();
        }

        allGone?.Invoke();
        Changes.Set();
    }

    /// <summary>The run's processes are there.</summary>
    /// <param name="way">Taken over.</param>
    /// <param name="wake">Called when there is something to move.</param>
    /// <param name="onAllGone">Called once, when the way is closed for good because all has gone on, or nobody reads.</param>
    internal void Open(InputWay way, Action wake, Action onAllGone)
    {
        lock (_lock)
        {
            (_way, _wake, _onAllGone) = (way, wake, onAllGone);
        }
    }

    /// <summary>On the pump's thread: moves one piece on, or has the way waited for.</summary>
    /// <returns>Whether there may be more to be moved at once.</returns>
    internal bool MoveOnce(EventPoll poll, long token)
    {
        bool hasMore;
        Action? allGone = null;
        lock (_lock)
        {
            if (_way is not { } way)
            {
                return false;
            }

            way.WaitNoMore();
            int moved = TryMove(way, poll, token);
            hasMore = moved > 0;
            if (moved == Splice.Gone)
            {
                // The run has closed its input, which is no error. Whoever gives more must not wait for ever.
                _file.Skip();
                allGone = End();
            }
            else if (moved == 0 && _file.IsClosed)
            {
                allGone = End();
            }
        }

        allGone?.Invoke();
        Changes.Set();
        return hasMore;
    }

    private int TryMove(InputWay way, EventPoll poll, long token)
    {
        try
        {
            int moved = way.Move(_file);
            if (moved == Splice.NothingNow)
            {
                way.WaitBy(poll, token);
            }

            return moved;
        }
        catch (IOException e)
        {
            _error = e;
            return Splice.Gone;
        }
    }

    /// <summary>Another instance goes on: the way is closed here, and nothing is moved or taken any more.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            _way?.Dispose();
            _way = null;
            _isUnread = true;
        }
    }

    /// <returns>What is to be called without the lock, or null.</returns>
    private Action? End()
    {
        _isUnread = true;
        if (_way is not { } way)
        {
            return null;
        }

        _way = null;
        way.Dispose();
        return _onAllGone;
    }
}
