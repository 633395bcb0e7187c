namespace PvExec.Kernel.Tests;

public sealed class ExitStatusTests
{
    [Theory]
    [InlineData(0x0000, 0)]
    [InlineData(0x0100, 1)]
    [InlineData(0xff00, 255)]
    public void A_status_word_with_no_signal_is_an_exit_code(int word, int code)
    {
        ExitStatus status = ExitStatus.FromWaitStatus(word);

        Assert.Equal(ExitStatus.Exited(code), status);
        Assert.Equal(code == 0, status.Succeeded);
        Assert.Equal(code, status.ShellCode);
        Assert.Equal($"exit code {code}", status.ToString());
    }

    [Theory]
    [InlineData(0x0009, 9, false, "signal 9")]
    [InlineData(0x000f, 15, false, "signal 15")]
    [InlineData(0x008b, 11, true, "signal 11, core dumped")]
    [InlineData(0x0040, 64, false, "signal 64")]
    public void A_status_word_with_a_signal_has_no_code(int word, int signal, bool dumped, string text)
    {
        ExitStatus status = ExitStatus.FromWaitStatus(word);

        Assert.Equal(ExitStatus.Signaled(signal, dumped), status);
        Assert.Null(status.Code);
        Assert.False(status.Succeeded);
        Assert.Equal(128 + signal, status.ShellCode);
        Assert.Equal(text, status.ToString());
    }
}
