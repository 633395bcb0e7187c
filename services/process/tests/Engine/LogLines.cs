using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PvExec.Processes.Tests.Engine;

/// <summary>The lines that were logged.</summary>
internal sealed class LogLines
{
    public ConcurrentQueue<string> All { get; } = [];

    public ILogger<T> For<T>() => new Logger<T>(All);

    private sealed class Logger<T>(ConcurrentQueue<string> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));
    }
}
