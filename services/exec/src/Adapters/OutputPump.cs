using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;
using PvExec.Linux;

namespace PvExec.Exec.Adapters;

/// <summary>
/// Reads the output pipes of all runs on one thread (epoll(7)), so that a run costs no thread and a chatty one takes
/// turns with the others: one buffer a turn.
/// </summary>
public sealed class OutputPump : IDisposable
{
    /// <summary>A pipe's usual capacity.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>A pipe's largest capacity without privilege: what is in one at a given moment is never more.</summary>
    private const int MostInPipeBytes = 1024 * 1024;

    private const ulong WakeKey = 0;

    private readonly ConcurrentDictionary<ulong, PumpedPipe> _pipes = new();
    private readonly ConcurrentQueue<PumpedPipe> _toDrain = new();
    private readonly Epoll _epoll = new();
    private readonly EventFile _wake = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Thread _thread;
    private ulong _lastKey = WakeKey;
    private volatile bool _stopping;

    public OutputPump()
    {
        _epoll.Add(_wake.Handle, WakeKey);
        _thread = new Thread(Pump) { IsBackground = true, Name = "output pump" };
        _thread.Start();
    }

    /// <summary>Reads the pipe to its end into the sink, then closes it.</summary>
    /// <param name="reading">Taken over.</param>
    /// <exception cref="IOException">It cannot be waited for.</exception>
    public PumpedPipe Add(SafeHandle reading, OutputStream stream, IOutputSink sink)
    {
        var pipe = new PumpedPipe(this, Interlocked.Increment(ref _lastKey), reading, stream, sink);
        _pipes[pipe.Key] = pipe;
        try
        {
            NonBlockingRead.Enable(reading);
            _epoll.Add(reading, pipe.Key);
            return pipe;
        }
        catch
        {
            _pipes.TryRemove(pipe.Key, out _);
            pipe.Close();
            throw;
        }
    }

    /// <summary>Ends the thread. Pipes that have not come to their end are closed.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        foreach (PumpedPipe pipe in _pipes.Values)
        {
            pipe.Close();
        }

        _epoll.Dispose();
        _wake.Dispose();
    }

    internal void RequestDrain(PumpedPipe pipe)
    {
        _toDrain.Enqueue(pipe);
        _wake.Signal();
    }

    private void Pump()
    {
        var keys = new ulong[64];
        while (!_stopping)
        {
            int count = _epoll.Wait(keys);
            for (int i = 0; i < count; i++)
            {
                if (keys[i] == WakeKey)
                {
                    _wake.Clear();
                }
                else if (_pipes.TryGetValue(keys[i], out PumpedPipe? pipe))
                {
                    ReadOnce(pipe);
                }
            }

            while (_toDrain.TryDequeue(out PumpedPipe? pipe))
            {
                Drain(pipe);
            }
        }
    }

    private void Drain(PumpedPipe pipe)
    {
        int left = MostInPipeBytes;
        while (left > 0 && !pipe.Ended.IsCompleted && ReadOnce(pipe) is var count and > 0)
        {
            left -= count;
        }

        pipe.SetDrained();
    }

    /// <returns>How many bytes; 0 or less when there is nothing now or no more ever.</returns>
    private int ReadOnce(PumpedPipe pipe)
    {
        int count;
        try
        {
            count = NonBlockingRead.Read(pipe.Handle, _buffer);
        }
        catch (IOException e)
        {
            End(pipe, e);
            return 0;
        }

        if (count > 0)
        {
            pipe.Sink.Write(pipe.Stream, _buffer.AsSpan(0, count));
        }
        else if (count == 0)
        {
            End(pipe, null);
        }

        return count;
    }

    private void End(PumpedPipe pipe, IOException? error)
    {
        _epoll.Remove(pipe.Handle);
        _pipes.TryRemove(pipe.Key, out _);
        pipe.Close();
        pipe.SetEnded(error);
    }
}
