using System.Buffers;
using PvExec.Http2.Loop;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;

namespace PvExec.Http2.Sessions;

/// <content>Bytes in and out.</content>
internal abstract partial class Connection
{
    private byte[] _unsent = [];
    private int _unsentStart;
    private int _unsentCount;
    /// <summary>How many bytes the session has made to be sent.</summary>
    protected long Made { get; private set; }

    /// <summary>How many of them the system has taken.</summary>
    protected long Taken { get; private set; }

    /// <summary>Whether bytes wait for room.</summary>
    protected bool HasUnsent => _unsentCount > 0;

    protected bool IsWriteBroken { get; private set; }

    /// <summary>Whether anything may be sent yet.</summary>
    protected virtual bool MaySend => true;

    /// <summary>Whether what comes is read: not while too much waits to be sent.</summary>
    protected virtual bool MayRead => true;

    public void Flush()
    {
        _isQueued = false;
        if (IsClosed || IsWriteBroken || !MaySend)
        {
            return;
        }

        OnFlushing();

        while (SendUnsent())
        {
            if (!FillAndSend())
            {
                break;
            }
        }

        if (!IsClosed && !IsWriteBroken)
        {
            Want((MayRead ? PollEvents.Readable : PollEvents.None) | (_unsentCount > 0 ? PollEvents.Writable : PollEvents.None));
            if (_unsentCount == 0 && !Session.WantsRead && !Session.WantsWrite)
            {
                OnDone();
            }
        }
    }

    /// <summary>Before what is to be sent is asked for.</summary>
    protected virtual void OnFlushing()
    {
    }

    /// <summary>What has come.</summary>
    protected virtual void TakeBytes(ReadOnlySpan<byte> bytes)
    {
        int error = Session.Take(bytes);
        ThrowFault();
        if (error != 0)
        {
            OnSessionError(error);
            return;
        }

        SendSoon();
    }

    /// <summary>Sends bytes that are not the session's, if there is room for them.</summary>
    protected void SendRaw(ReadOnlySpan<byte> bytes) => _ = StreamSocket.Send(_socket, bytes);

    /// <summary>The other side reads to the end.</summary>
    protected void EndSending() => StreamSocket.EndSending(_socket);

    /// <returns>False when there was nothing to read.</returns>
    private bool ReadOnce()
    {
        if (IsClosed)
        {
            return false;
        }

        int count = StreamSocket.Receive(_socket, Loop.Buffer.AsSpan(0, EventLoop.TransferBytes));
        if (count > 0)
        {
            TakeBytes(Loop.Buffer.AsSpan(0, count));
            return true;
        }

        if (count != -Errno.EAGAIN)
        {
            OnEnd(count == 0 ? "it has closed the connection" : Errno.Describe(-count));
        }

        return false;
    }

    /// <returns>False when there is nothing more to send, or no room for it.</returns>
    private bool FillAndSend()
    {
        int length = 0;
        bool isMore = true;
        while (length < EventLoop.TransferBytes && isMore)
        {
            ReadOnlySpan<byte> piece = Session.NextPiece(out int error);
            ThrowFault();
            if (error != 0)
            {
                OnSessionError(error);
                return false;
            }

            piece.CopyTo(Loop.Buffer.AsSpan(length));
            length += piece.Length;
            Made += piece.Length;
            isMore = !piece.IsEmpty;
        }

        int sent = length == 0 ? 0 : Send(Loop.Buffer.AsSpan(0, length));
        if (sent < length && sent >= 0)
        {
            _unsent = ArrayPool<byte>.Shared.Rent(length - sent);
            Loop.Buffer.AsSpan(sent, length - sent).CopyTo(_unsent);
            _unsentStart = 0;
            _unsentCount = length - sent;
            return false;
        }

        return sent >= 0 && isMore;
    }

    /// <returns>Whether nothing is left unsent.</returns>
    private bool SendUnsent()
    {
        if (_unsentCount > 0)
        {
            int sent = Send(_unsent.AsSpan(_unsentStart, _unsentCount));
            if (sent < 0)
            {
                return false;
            }

            _unsentStart += sent;
            _unsentCount -= sent;
            if (_unsentCount == 0)
            {
                DropUnsent();
            }
        }

        return _unsentCount == 0;
    }

    /// <returns>How many bytes were taken, or -1 when the connection is broken.</returns>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = StreamSocket.Send(_socket, bytes);
        if (sent >= 0)
        {
            Taken += sent;
            return sent;
        }

        if (sent == -Errno.EAGAIN)
        {
            return 0;
        }

        OnWriteBroken(Errno.Describe(-sent));
        return -1;
    }

    /// <summary>
    /// The other side has closed. What it said before that is still to be read: answers, and which calls it has not taken
    /// (GOAWAY). Reading comes to the end by itself.
    /// </summary>
    private void OnWriteBroken(string reason)
    {
        IsWriteBroken = true;
        DropUnsent();
        while (ReadOnce())
        {
        }

        if (!IsClosed)
        {
            OnEnd(reason);
        }
    }

    private void DropUnsent()
    {
        if (_unsent.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
        }

        _unsent = [];
        _unsentCount = 0;
    }
}
