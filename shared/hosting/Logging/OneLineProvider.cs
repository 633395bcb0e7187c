using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Logging;

/// <summary>One line an event: <c>pv-exec: warning: text</c>; an exception follows on lines of its own.</summary>
internal sealed class OneLineProvider(ErrorLines lines) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string level = logLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug: ",
            LogLevel.Information => "",
            LogLevel.Warning => "warning: ",
            _ => "error: ",
        };
        string text = level + formatter(state, exception).ReplaceLineEndings(" ");
        lines.Write(exception is null ? text : $"{text}\n{exception}");
    }

    public void Dispose()
    {
        // The lines outlive it: a failure may still be told.
    }
}
