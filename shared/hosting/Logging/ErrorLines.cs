using System.Text;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Logging;

/// <summary>
/// Lines on standard error. Not through Console, which sends control characters to a terminal when it is first used. A line
/// is written by who logs it, so none is lost at the end; where nobody reads, lines are dropped and counted.
/// </summary>
/// <param name="program">What each line starts with.</param>
internal sealed class ErrorLines(string program, ImpatientOutput output)
{
    public const int StandardError = 2;

    /// <summary>For the first line that nobody reads; those after it do not wait until one could be written again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new(); // guards _dropped and the order of lines
    private int _dropped;

    /// <param name="text">Without the program's name. A line feed is added.</param>
    public void Write(string text)
    {
        lock (_lock)
        {
            if (_dropped == 0)
            {
                _dropped = TryWrite(text, Patience) ? 0 : 1;
            }
            else if (TryWrite($"warning: {_dropped} lines were dropped: nobody reads standard error", TimeSpan.Zero))
            {
                _dropped = TryWrite(text, TimeSpan.Zero) ? 0 : 1;
            }
            else
            {
                _dropped++;
            }
        }
    }

    private bool TryWrite(string text, TimeSpan atMost) => output.TryWrite(Encoding.UTF8.GetBytes($"{program}: {text}\n"), atMost);
}
