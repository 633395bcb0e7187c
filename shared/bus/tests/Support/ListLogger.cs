using Microsoft.Extensions.Logging;

namespace PvExec.Bus.Tests.Support;

/// <summary>Keeps what was logged; a test can wait for a line.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<string> Seen)> _waiting = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public Task<string> LineAsync(string part)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Find(line => line.Contains(part, StringComparison.Ordinal)) is { } line)
            {
                seen.SetResult(line);
            }

            _waiting.Add((part, seen));
            return seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = $"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}";
        lock (_lock)
        {
            _lines.Add(line);
            foreach ((string part, TaskCompletionSource<string> seen) in _waiting)
            {
                if (line.Contains(part, StringComparison.Ordinal))
                {
                    seen.TrySetResult(line);
                }
            }
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
