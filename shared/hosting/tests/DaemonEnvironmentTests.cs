namespace PvExec.Hosting.Tests;

public sealed class DaemonEnvironmentTests
{
    [Fact]
    public void Children_are_given_nothing_that_speaks_of_the_service_or_holds_a_secret()
    {
        DaemonEnvironment environment = From(
            ("PATH", "/bin"), ("HOME", ""), ("PV_EXEC_ACCOUNT_KEY", "hush"), ("PV_EXEC_ACCOUNT_KEY_FILE", "/f"), ("PV_EXEC_STORE", "s"),
            ("NOTIFY_SOCKET", "/n"), ("LISTEN_FDS", "3"), ("LISTEN_PID", "1"), ("LISTEN_FDNAMES", "grpc"), ("WATCHDOG_USEC", "1"),
            ("WATCHDOG_PID", "1"),
            ("PV_APP_ROOT", "/app"));

        Assert.Equal(["HOME=", "PATH=/bin", "PV_APP_ROOT=/app"], environment.ForChildren);
    }

    [Fact]
    public void Children_are_given_variables_whose_names_only_begin_like_those_of_the_service()
    {
        DaemonEnvironment environment = From(
            ("LISTEN_PORT", "80"), ("WATCHDOG_URL", "u"), ("NOTIFY_SOCKET_PATH", "/p"), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"), ("PV_EXECUTOR", "x"));

        Assert.Equal(
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "LISTEN_PORT=80", "NOTIFY_SOCKET_PATH=/p", "PV_EXECUTOR=x", "WATCHDOG_URL=u"],
            environment.ForChildren);
    }

    [Fact]
    public void An_override_takes_the_place_of_the_variable()
    {
        IReadOnlyList<string> merged = From(("A", "1"), ("B", "x=y")).With([new("A", "2=3"), new("C", ""), new("C", "4")]);

        Assert.Equal(["A=2=3", "B=x=y", "C=4"], merged.Order());
    }

    private static DaemonEnvironment From(params (string Name, string Value)[] variables) =>
        DaemonEnvironment.From(variables.ToDictionary(one => one.Name, one => one.Value));
}
