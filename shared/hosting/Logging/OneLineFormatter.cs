using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace PvExec.Hosting.Logging;

/// <summary>One line an event: <c>pv-exec: warning: text</c>; an exception follows on lines of its own.</summary>
internal sealed class OneLineFormatter(IOptions<OneLineFormatterOptions> options) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "one-line";

    private readonly string _prefix = options.Value.Program + ": ";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(_prefix);
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug: ",
            LogLevel.Information => "",
            LogLevel.Warning => "warning: ",
            _ => "error: ",
        });
        textWriter.WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" "));
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }
}
