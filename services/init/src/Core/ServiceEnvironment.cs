using System.Globalization;
using System.Text;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Init.Core;

/// <summary>The variables that a service gets.</summary>
internal static class ServiceEnvironment
{
    /// <param name="own">pv-init's own variables, as <c>NAME=value</c>.</param>
    /// <param name="notifySocket">For sd_notify(3).</param>
    /// <param name="socketNames">The names of the passed listening sockets, from descriptor 3 on (sd_listen_fds_with_names(3)).</param>
    /// <param name="listenPid">Stands for the service's pid, which is not known yet.</param>
    /// <param name="givenByVariables">See <see cref="DaemonOptions.GivenByVariables"/>.</param>
    /// <param name="watchdog">For sd_watchdog_enabled(3); zero when it is not watched. WATCHDOG_PID is not set: nobody else gets these variables.</param>
    public static List<byte[]> For(
        Service service,
        IReadOnlyList<byte[]> own,
        string notifySocket,
        IReadOnlyList<string> socketNames,
        ReadOnlySpan<byte> listenPid,
        TimeSpan watchdog,
        string givenByVariables)
    {
        var variables = new List<byte[]>(own.Count + 5);
        foreach (byte[] variable in own)
        {
            if (!IsReplaced(variable) && (service == Service.Worktree || !IsSecret(variable)))
            {
                variables.Add(variable);
            }
        }

        variables.Add(Encoding.UTF8.GetBytes("NOTIFY_SOCKET=" + notifySocket));
        variables.Add(listenPid.ToArray());
        variables.Add(Encoding.UTF8.GetBytes($"LISTEN_FDS={socketNames.Count}"));
        variables.Add(Encoding.UTF8.GetBytes("LISTEN_FDNAMES=" + string.Join(':', socketNames)));
        if (givenByVariables.Length > 0)
        {
            variables.Add(Encoding.UTF8.GetBytes($"{DaemonOptions.GivenByVariables}={givenByVariables}"));
        }

        if (watchdog > TimeSpan.Zero)
        {
            variables.Add(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"WATCHDOG_USEC={(long)watchdog.TotalMicroseconds}")));
        }

        return variables;
    }

    /// <summary>What sd_notify(3), sd_listen_fds(3) and sd_watchdog_enabled(3) read; the like of LISTEN_PORT is the user's.</summary>
    private static bool IsReplaced(ReadOnlySpan<byte> variable) =>
        variable.StartsWith("NOTIFY_SOCKET="u8) || variable.StartsWith("LISTEN_PID="u8) || variable.StartsWith("LISTEN_FDS="u8)
        || variable.StartsWith("LISTEN_FDNAMES="u8) || variable.StartsWith("WATCHDOG_PID="u8) || variable.StartsWith("WATCHDOG_USEC="u8)
        || variable.StartsWith("PV_EXEC_GIVEN_BY_VARIABLES="u8);

    /// <summary>Only pv-worktree speaks to the store.</summary>
    private static bool IsSecret(ReadOnlySpan<byte> variable)
    {
        int equals = variable.IndexOf((byte)'=');
        string name = Encoding.UTF8.GetString(equals < 0 ? variable : variable[..equals]);
        return DaemonFlags.All.Any(flag => flag.Secret && (name == flag.Variable || name == flag.Variable + "_FILE"));
    }
}
