using System.Text;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Init.Tests.Core;

public class SmallRulesTests
{
    [Fact]
    public void Only_the_worktree_gets_the_secrets_and_nobody_gets_the_notify_socket_of_another()
    {
        byte[][] own = [B("HOME=/root"), B("PV_EXEC_ACCOUNT_KEY=secret"), B("NOTIFY_SOCKET=/other"), B("LISTEN_FDS=9"), B("WATCHDOG_USEC=1"), [0xff, 0x3d, 0xfe]];
        List<string> exec = [.. For(Service.Exec)];
        Assert.Equal(["HOME=/root", "NOTIFY_SOCKET=/n", "LISTEN_PID=?", "LISTEN_FDS=2", "LISTEN_FDNAMES=grpc:bus"], exec.Where(one => one[0] != '\u00ff'));
        Assert.Equal(6, exec.Count);
        Assert.Contains("PV_EXEC_ACCOUNT_KEY=secret", For(Service.Worktree));

        IEnumerable<string> For(Service service) =>
            ServiceEnvironment.For(service, own, "/n", ["grpc", "bus"], "LISTEN_PID=?"u8, TimeSpan.Zero, "").Select(Encoding.Latin1.GetString);
    }

    [Fact]
    public void A_watched_service_is_told_how_long_it_may_be_silent()
    {
        IEnumerable<string> variables = ServiceEnvironment.For(Service.Exec, [], "/n", [], "LISTEN_PID=?"u8, TimeSpan.FromSeconds(1.5), "").Select(Encoding.Latin1.GetString);
        Assert.Equal("WATCHDOG_USEC=1500000", variables.Last());
    }

    [Fact]
    public void Variables_that_only_look_like_those_of_the_supervisor_are_the_users()
    {
        byte[][] own = [B("LISTEN_PORT=80"), B("WATCHDOG_DIR=/w"), B("LISTEN_PID=1"), B("LISTEN_FDNAMES=x"), B("WATCHDOG_PID=2")];
        IEnumerable<string> names = ServiceEnvironment.For(Service.Exec, own, "/n", [], "LISTEN_PID=?"u8, TimeSpan.Zero, "").Select(Encoding.Latin1.GetString);
        Assert.Equal(["LISTEN_PORT=80", "WATCHDOG_DIR=/w", "NOTIFY_SOCKET=/n", "LISTEN_PID=?", "LISTEN_FDS=0", "LISTEN_FDNAMES="], names);
    }

    [Fact]
    public void A_service_is_told_which_of_its_words_come_from_variables()
    {
        byte[][] own = [B("PV_EXEC_P=70"), B("PV_EXEC_GIVEN_BY_VARIABLES=host")];
        DaemonOptions options = DaemonOptions.Parse(["-source-worktree", "w"], name => name == "PV_EXEC_P" ? "70" : null, out _);
        IEnumerable<string> variables = ServiceEnvironment.For(Service.Exec, own, "/n", [], "LISTEN_PID=?"u8, TimeSpan.Zero, options.NamesGivenByVariables)
            .Select(Encoding.Latin1.GetString);
        Assert.Equal("PV_EXEC_GIVEN_BY_VARIABLES=p", Assert.Single(variables, variable => variable.StartsWith("PV_EXEC_GIVEN")));
    }

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);
}
