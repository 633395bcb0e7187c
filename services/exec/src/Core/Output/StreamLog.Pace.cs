namespace PvExec.Exec.Core.Output;

/// <content>The writer's pace, where that is a reader's.</content>
public sealed partial class StreamLog
{
    /// <summary>In place of an offset: nobody is waited for.</summary>
    public const long NoPace = long.MaxValue;

    private long _pace = NoPace;
    private bool _isHeld;

    /// <summary>Is told that a writer for whom <see cref="TryHold"/> was true may go on.</summary>
    public Action? Released { get; set; }

    /// <summary>How many bytes the writer may add now; 0 or less when it has to wait.</summary>
    public long Room
    {
        get
        {
            lock (_lock)
            {
                return RoomLocked;
            }
        }
    }

    /// <summary>Whether the writer still has to wait.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _isHeld;
            }
        }
    }

    private long RoomLocked => _pace == NoPace ? NoPace : Math.Max(_pace, Window.HeadBytes) - _length + ReaderPace.LagBytes;

    /// <summary>For a writer that has found no room.</summary>
    /// <returns>False when there is room after all; else <see cref="Released"/> is told of it later.</returns>
    public bool TryHold()
    {
        lock (_lock)
        {
            _isHeld = RoomLocked <= 0;
            return _isHeld;
        }
    }

    /// <summary>The reader that the writer waits for has read up to there.</summary>
    internal void Pace(long offset)
    {
        bool isReleased;
        lock (_lock)
        {
            // An offset near the largest number is that of a reader that wants nothing of this stream.
            _pace = offset < NoPace / 2 ? offset : NoPace;

            // Not at the first byte of room: the two would wake each other for every piece.
            isReleased = _isHeld && RoomLocked >= ReaderPace.LagBytes / 2;
            _isHeld &= !isReleased;
        }

        if (isReleased)
        {
            Released?.Invoke();
        }
    }
}
