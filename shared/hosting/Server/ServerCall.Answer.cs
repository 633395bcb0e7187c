using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using PvExec.Http2.Native;
using PvExec.Http2.Sessions;

namespace PvExec.Hosting.Server;

/// <content>How the answer is made.</content>
internal sealed partial class ServerCall
{
    private List<(Func<object, Task> Callback, object State)>? _starting;
    private List<(Func<object, Task> Callback, object State)>? _completed;
    private HeaderBlock? _header; // lock; until the loop has taken it
    private ErrorCode? _reset; // lock; until the loop has taken it
    private bool _isResetLate; // lock; the answer was complete before
    private int _hasStarted; // 1: the header is made, or about to be
    private int _hasEnded; // a deadline's timer may end the answer while the handler does

    /// <summary>Set before the output ends.</summary>
    public HeaderBlock? Trailers { get; private set; }

    /// <returns>The answer's header, once.</returns>
    public HeaderBlock? TakeHeader()
    {
        lock (_lock)
        {
            HeaderBlock? header = _header;
            _header = null;
            return header;
        }
    }

    /// <summary>What ends a call, such as its deadline, may complete its answer and break the call off at once: the answer is to be sent before.</summary>
    /// <param name="isLastSent">Whether it is.</param>
    /// <returns>The reason to break the stream off now, once.</returns>
    public ErrorCode? TakeReset(bool isLastSent)
    {
        lock (_lock)
        {
            if (_isResetLate && !isLastSent)
            {
                return null;
            }

            ErrorCode? reset = _reset;
            _reset = null;
            return reset;
        }
    }

    /// <summary>The header is what it is now, and goes out with what follows in the same turn of the loop.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (await MakeHeaderAsync())
        {
            Serve();
        }
    }

    /// <summary>All of the answer is there.</summary>
    public async Task CompleteAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        await MakeHeaderAsync();
        if (_trailers is { Count: > 0 } trailers)
        {
            var block = new HeaderBlock();
            Add(block, trailers);
            Trailers = block;
        }

        Output.End();
        Serve();
    }

    /// <summary>All of the answer is there: this, and what was written. Instead of a start.</summary>
    public void Complete(HeaderBlock header, HeaderBlock? trailers)
    {
        Volatile.Write(ref _hasStarted, 1);
        Volatile.Write(ref _hasEnded, 1);
        lock (_lock)
        {
            _header = header;
        }

        Trailers = trailers;
        Output.End();
        Serve();
    }

    /// <summary>The handler has returned.</summary>
    /// <param name="error">What it has thrown.</param>
    public async Task EndAsync(Exception? error)
    {
        try
        {
            if (error is null)
            {
                await CompleteAsync();
            }
            else if (HasStarted)
            {
                Reset(ErrorCode.InternalError);
            }
            else
            {
                StatusCode = StatusCodes.Status500InternalServerError;
                _answerHeaders.Clear();
                _trailers?.Clear();
                await CompleteAsync();
            }
        }
        catch
        {
            // What wanted to be asked before the start has failed.
            Reset(ErrorCode.InternalError);
            throw;
        }

        for (int i = (_completed?.Count ?? 0) - 1; i >= 0; i--)
        {
            await _completed![i].Callback(_completed[i].State);
        }
    }

    private bool HasStarted => Volatile.Read(ref _hasStarted) != 0;

    private void Reset(ErrorCode code)
    {
        lock (_lock)
        {
            _isResetLate = _reset is null && Volatile.Read(ref _hasEnded) != 0;
            _reset ??= code;
        }

        Serve();
    }

    /// <returns>False when it was made before.</returns>
    public async ValueTask<bool> MakeHeaderAsync()
    {
        if (HasStarted)
        {
            return false;
        }

        while (_starting is { Count: > 0 } starting)
        {
            (Func<object, Task> callback, object state) = starting[^1];
            starting.RemoveAt(starting.Count - 1);
            await callback(state);
        }

        if (Interlocked.Exchange(ref _hasStarted, 1) != 0)
        {
            return false;
        }

        HeaderBlock header = AnswerHeader();
        lock (_lock)
        {
            _header = header;
        }

        return true;
    }

    private HeaderBlock AnswerHeader()
    {
        var header = new HeaderBlock();
        Span<byte> status = stackalloc byte[8];
        StatusCode.TryFormat(status, out int length, default, CultureInfo.InvariantCulture);
        header.Add(":status"u8, status[..length]);
        Add(header, _answerHeaders);
        return header;
    }

    private static void Add(HeaderBlock block, IHeaderDictionary fields)
    {
        Span<byte> room = stackalloc byte[256];
        foreach (KeyValuePair<string, StringValues> field in fields)
        {
            ReadOnlySpan<byte> name = FieldTexts.Bytes(field.Key);
            foreach (string? value in field.Value)
            {
                string text = value ?? "";
                byte[]? large = text.Length > room.Length ? new byte[text.Length] : null;
                Span<byte> bytes = large ?? room[..text.Length];
                Encoding.Latin1.GetBytes(text, bytes);
                block.Add(name, bytes);
            }
        }
    }
}
