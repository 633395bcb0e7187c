using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace PvExec.Hosting.Logging;

internal static class LoggingExtensions
{
    /// <summary>Logs to standard error, our own lines from Information on, those of the frameworks from Warning on.</summary>
    public static void AddOneLine(this ILoggingBuilder logging, string program)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning);
        logging.AddConsole(console =>
        {
            console.FormatterName = OneLineFormatter.FormatName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.Services.Configure<OneLineFormatterOptions>(options => options.Program = program);
        logging.Services.AddSingleton<ConsoleFormatter, OneLineFormatter>();
    }
}
