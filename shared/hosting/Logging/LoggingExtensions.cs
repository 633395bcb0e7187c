using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Logging;

internal static class LoggingExtensions
{
    /// <summary>Logs to standard error, our own lines from Information on, those of the frameworks from Warning on.</summary>
    public static void AddOneLine(this ILoggingBuilder logging, ErrorLines lines) =>
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddProvider(new OneLineProvider(lines));
}
