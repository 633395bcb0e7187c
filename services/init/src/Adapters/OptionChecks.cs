using System.Net;
using System.Net.Sockets;
using PvExec.Kernel.Configuration;

namespace PvExec.Init.Adapters;

/// <summary>What is wrong with the options once the file system is asked; each line names the flag, or the variable in its place, and the value.</summary>
internal static class OptionChecks
{
    /// <summary>Tasks are looked up by names with a slash or two; no deeper.</summary>
    private static readonly EnumerationOptions TaskSearch = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 4,
        IgnoreInaccessible = true,
        AttributesToSkip = 0,
    };

    public static IEnumerable<string> Problems(DaemonOptions options)
    {
        foreach (string root in options.ConfigRoots)
        {
            if (!Directory.Exists(root))
            {
                yield return $"{options.Given(DaemonFlags.ConfigRoot)} '{root}' is not a directory: name one that holds task directories";
            }
            else if (!HasTask(root))
            {
                yield return $"{options.Given(DaemonFlags.ConfigRoot)} '{root}' holds no task: put a directory with a file 'run' into it";
            }
        }

        if (options.MountPoint is { } mountPoint && File.Exists(mountPoint))
        {
            yield return $"{options.Given(DaemonFlags.MountPoint)} '{mountPoint}' is not a directory: name a directory, or a path that does not exist yet";
        }
    }

    /// <summary>The address to listen on, or null.</summary>
    public static IPAddress? Resolve(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return address;
        }

        try
        {
            IPAddress[] found = Dns.GetHostAddresses(host);
            return found.FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork) ?? found.FirstOrDefault();
        }
        catch (SocketException)
        {
            // The caller says that the name means nothing.
            return null;
        }
    }

    private static bool HasTask(string root)
    {
        try
        {
            return Directory.EnumerateFiles(root, "run", TaskSearch).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not readable is as useless as empty, and the line names it.
            return false;
        }
    }
}
