using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class DaemonAddressTests
{
    [Theory]
    [InlineData("-p {0} -host 127.0.0.1 process web state")]
    [InlineData("--p {0} --host 127.0.0.1 process web state")]
    [InlineData("-p={0} --host=localhost process web state")]
    [InlineData("process -p {0} web state")]
    [InlineData("-p {0} -host 0.0.0.0 process web state")]
    [InlineData("process web state -p {0} -host 127.0.0.1")]
    [InlineData("-host= -p={0} process web state")]
    [InlineData("-p= -p {0} process --host= web state")]
    public async Task Every_spelling_reaches_the_daemon(string words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, words, daemon.Port).Split(' '));

        Assert.Equal("", ran.Error);
        Assert.Equal("RUNNING\n", ran.Text);
    }

    [Fact]
    public async Task Variables_stand_in_for_options()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.WithAsync(["process", "web", "state"], variables: new() { ["PV_EXEC_P"] = daemon.Port, ["PV_EXEC_HOST"] = "127.0.0.1" });

        Assert.Equal("RUNNING\n", ran.Text);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("http")]
    [InlineData("-1")]
    public async Task A_port_that_is_none_is_a_usage_error(string port)
    {
        Ran ran = await Ran.CommandAsync("-p", port, "process", "web", "state");

        Assert.Equal(100, ran.Code);
        Assert.Contains(port, ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process web state")]
    [InlineData("runs")]
    public async Task Without_a_daemon_the_line_says_where_and_what_to_do(string command)
    {
        Ran ran = await Ran.CommandAsync(["-p", "1", .. command.Split(' ')]);

        Assert.Equal(111, ran.Code);
        Assert.Empty(ran.Output);
        Assert.StartsWith("pv_exec: no daemon answers at 127.0.0.1:1 (", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "): none runs there, or it is stopping ('pv_exec services' says so): start it with 'pv_exec daemon', or give its address with -p and -host\n",
            ran.Error,
            StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }
}
