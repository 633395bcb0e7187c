using System.Text;
using PvExec.Linux;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Logging;

/// <summary>
/// Lines on standard error, in the order in which they were logged. Who logs never waits: a thread of its own writes, as a
/// write(2) to a pipe that other programs fill too can wait for ever, whatever poll(2) says before. Lines that nobody reads
/// are dropped and counted. Not through Console, which sends control characters to a terminal when it is first used.
/// </summary>
internal sealed class ErrorLines
{
    private const int StandardError = 2;

    /// <summary>How many characters wait at most, unless it is one line.</summary>
    private const int Room = 256 * 1024;

    /// <summary>How long the last lines of a process may wait for a reader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly object _changed = new(); // guards what follows; a Lock has no Wait
    private readonly Queue<string> _waiting = [];
    private int _length; // of what waits and of what is being written
    private int _dropped;

    private readonly string _program;
    private readonly DescriptorStream _output;

    /// <param name="program">What each line starts with.</param>
    /// <param name="output">Only this writes to it.</param>
    internal ErrorLines(string program, DescriptorStream output)
    {
        _program = program;
        _output = output;
        new Thread(WriteAll) { IsBackground = true, Name = "standard error" }.Start();
    }

    public static ErrorLines OfProcess(string program)
    {
        var lines = new ErrorLines(program, new DescriptorStream(StandardError));

        // The runtime ends the process right after this.
        AppDomain.CurrentDomain.UnhandledException += (_, _) => lines.Flush();
        return lines;
    }

    /// <param name="text">Without the program's name. A line feed is added.</param>
    public void Write(string text)
    {
        string line = Line(text);
        lock (_changed)
        {
            string warning = _dropped > 0 ? Warning() : "";
            if (_length > 0 && _length + warning.Length + line.Length > Room)
            {
                _dropped++;
                return;
            }

            Add(warning + line);
            _dropped = 0;
        }
    }

    /// <summary>For the end of the process: waits until all is written, for a second at most.</summary>
    public void Flush() => Flush(Patience);

    /// <returns>False when nobody has read it in that time.</returns>
    internal bool Flush(TimeSpan atMost)
    {
        long start = TimeProvider.System.GetTimestamp();
        lock (_changed)
        {
            while (_length > 0)
            {
                TimeSpan left = atMost - TimeProvider.System.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_changed, left))
                {
                    return _length == 0;
                }
            }

            return true;
        }
    }

    private void WriteAll()
    {
        while (true)
        {
            string text = Next();
            try
            {
                _output.Write(Encoding.UTF8.GetBytes(text));
            }
            catch (SystemCallException)
            {
                // Not open, broken or full: there is nowhere to tell it.
            }

            Written(text);
        }
    }

    private string Next()
    {
        lock (_changed)
        {
            while (_waiting.Count == 0)
            {
                Monitor.Wait(_changed);
            }

            return _waiting.Dequeue();
        }
    }

    private void Written(string text)
    {
        lock (_changed)
        {
            _length -= text.Length;
            if (_length == 0 && _dropped > 0)
            {
                Add(Warning());
                _dropped = 0;
            }

            Monitor.PulseAll(_changed);
        }
    }

    private void Add(string text)
    {
        _waiting.Enqueue(text);
        _length += text.Length;
        Monitor.PulseAll(_changed);
    }

    private string Warning() => Line($"warning: {_dropped} lines were dropped: nobody reads standard error");

    private string Line(string text) => $"{_program}: {text}\n";
}
