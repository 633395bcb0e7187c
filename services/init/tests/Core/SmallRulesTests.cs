using System.Text;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Core;

public class SmallRulesTests
{
    private static readonly Spawn Sound = new("run-1", [], [B("true")], [B("PATH=/bin")], B("/"), 0, [1, 2], ["out"]);

    [Theory]
    [InlineData("true", "PATH=/a:/b", "/a/true /b/true")]
    [InlineData("true", "PATH=:/b:", "./true /b/true ./true")]
    [InlineData("./true", "PATH=/a", "./true")]
    [InlineData("/bin/true", "PATH=/a", "/bin/true")]
    [InlineData("true", "XPATH=/a", "/usr/local/bin/true /usr/bin/true /bin/true")]
    public void A_program_is_looked_up_in_the_path_of_its_own_environment(string program, string variable, string expected) =>
        Assert.Equal(expected, string.Join(' ', PathLookup.Candidates(B(program), [B("A=b"), B(variable)]).Select(Encoding.UTF8.GetString)));

    [Fact]
    public void A_sound_spawn_has_no_problem() => Assert.Null(SpawnRules.Problem(Sound, 3));

    [Fact]
    public void Every_fault_of_a_spawn_is_named_with_its_label()
    {
        Spawn[] faulty =
        [
            Sound with { Arguments = [] },
            Sound with { Arguments = [[]] },
            Sound with { Arguments = [B("a\0b")] },
            Sound with { Environment = [B("A=\0")] },
            Sound with { WorkingDirectory = B("tmp") },
            Sound with { WorkingDirectory = [] },
            Sound with { WorkingDirectory = B("/a\0") },
            Sound with { State = new byte[InitProtocol.MaxStateBytes + 1] },
            Sound with { Grouping = 2 },
            Sound with { Targets = [1, 1] },
            Sound with { Targets = [1, -1] },
            Sound with { Targets = [1, 1024] },
            Sound with { Targets = [1] },
        ];
        Assert.All(faulty, spawn => Assert.Contains("'run-1'", SpawnRules.Problem(spawn, 3) ?? "nothing"));
        Assert.NotNull(SpawnRules.Problem(Sound, 2));
    }

    [Fact]
    public void Only_the_worktree_gets_the_secrets_and_nobody_gets_the_notify_socket_of_another()
    {
        byte[][] own = [B("HOME=/root"), B("PV_EXEC_ACCOUNT_KEY=secret"), B("NOTIFY_SOCKET=/other"), B("LISTEN_FDS=9"), B("WATCHDOG_USEC=1"), [0xff, 0x3d, 0xfe]];
        List<string> exec = [.. For(Service.Exec)];
        Assert.Equal(["HOME=/root", "NOTIFY_SOCKET=/n", "LISTEN_PID=?", "LISTEN_FDS=2", "LISTEN_FDNAMES=grpc:bus"], exec.Where(one => one[0] != '\u00ff'));
        Assert.Equal(6, exec.Count);
        Assert.Contains("PV_EXEC_ACCOUNT_KEY=secret", For(Service.Worktree));

        IEnumerable<string> For(Service service) =>
            ServiceEnvironment.For(service, own, "/n", ["grpc", "bus"], "LISTEN_PID=?"u8, TimeSpan.Zero).Select(Encoding.Latin1.GetString);
    }

    [Fact]
    public void A_watched_service_is_told_how_long_it_may_be_silent()
    {
        IEnumerable<string> variables = ServiceEnvironment.For(Service.Exec, [], "/n", [], "LISTEN_PID=?"u8, TimeSpan.FromSeconds(1.5)).Select(Encoding.Latin1.GetString);
        Assert.Equal("WATCHDOG_USEC=1500000", variables.Last());
    }

    [Fact]
    public void Variables_that_only_look_like_those_of_the_supervisor_are_the_users()
    {
        byte[][] own = [B("LISTEN_PORT=80"), B("WATCHDOG_DIR=/w"), B("LISTEN_PID=1"), B("LISTEN_FDNAMES=x"), B("WATCHDOG_PID=2")];
        IEnumerable<string> names = ServiceEnvironment.For(Service.Exec, own, "/n", [], "LISTEN_PID=?"u8, TimeSpan.Zero).Select(Encoding.Latin1.GetString);
        Assert.Equal(["LISTEN_PORT=80", "WATCHDOG_DIR=/w", "NOTIFY_SOCKET=/n", "LISTEN_PID=?", "LISTEN_FDS=0", "LISTEN_FDNAMES="], names);
    }

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);
}
