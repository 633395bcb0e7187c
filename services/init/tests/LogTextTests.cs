using System.Text;
using PvExec.Kernel;

namespace PvExec.Init.Tests;

public class LogTextTests
{
    [Fact]
    public void A_line_is_as_an_interpolated_string_would_be()
    {
        (string name, int pid, double seconds, string? none) = ("ä", -7, 1.25, null);
        Assert.Equal("pv-init: ä (pid -7) 1.3 s  {x} signal 6, core dumped, exit code 3\n", Line($"{name} (pid {pid}) {seconds:0.#} s {none} {{x}} {ExitStatus.Signaled(6, true)}, {ExitStatus.Exited(3)}"));
    }

    [Fact]
    public void Line_ends_in_a_value_become_spaces()
    {
        const string Text = "a\r\nb\nc\rd\fe\n";
        Assert.Equal("pv-init: a b c d e \n", Line($"{Text}"));
    }

    [Fact]
    public void A_long_line_is_whole_and_a_short_one_after_it_has_nothing_of_it()
    {
        string text = new('x', 100_000);
        Assert.Equal($"pv-init: {text} 5 {text}\n", Line($"{text} {5} {text}"));
        Assert.Equal("pv-init: 5\n", Line($"{5}"));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = Length($"warning: {"exec"} (pid {12}) {1.5:0.#} {ExitStatus.Exited(7)} {77UL}");
            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    private static string Line(LogText text) => Encoding.UTF8.GetString(text.ToLine());

    private static int Length(LogText text) => text.ToLine().Length;
}
