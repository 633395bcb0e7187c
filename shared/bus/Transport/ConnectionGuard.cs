namespace PvExec.Bus.Transport;

/// <summary>What one connection may send, and who is told when it sends something else. Used on NetMQ's I/O thread.</summary>
/// <param name="identified">Asked once the peer has said what it calls itself: null, or why it may not.</param>
/// <param name="refused">Told once, with what was wrong.</param>
internal sealed class ConnectionGuard(ZmtpLimits limits, Func<byte[], string?> identified, Action<string> refused)
{
    private readonly ZmtpGuard _stream = new(limits);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReady;
    private bool _isRefused;

    /// <summary>Completes when the handshake is over or the connection has ended.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Whether the engine may see the next bytes of the peer. After one refusal it may see none.</summary>
    public bool Admits(ReadOnlySpan<byte> bytes)
    {
        if (_isRefused)
        {
            return false;
        }

        string? wrong = _stream.Take(bytes);
        if (wrong is null && _stream.IsReady && !_isReady)
        {
            _isReady = true;
            wrong = identified(_stream.Identity);
            _settled.TrySetResult();
        }

        _isRefused = wrong is not null;
        if (wrong is not null)
        {
            refused(wrong);
        }

        return !_isRefused;
    }

    /// <summary>The connection has ended.</summary>
    public void End() => _settled.TrySetResult();
}
