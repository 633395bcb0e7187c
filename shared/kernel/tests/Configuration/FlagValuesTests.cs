using PvExec.Kernel.Configuration;

namespace PvExec.Kernel.Tests.Configuration;

public sealed class FlagValuesTests
{
    [Theory]
    [InlineData("-store", "file:///s")]
    [InlineData("--store", "file:///s")]
    [InlineData("-store=file:///s")]
    [InlineData("--store=file:///s")]
    public void A_flag_has_one_dash_or_two_and_its_value_behind_it_or_behind_an_equals_sign(params string[] words)
    {
        FlagValues values = Parse(words);

        Assert.Empty(values.Problems);
        Assert.True(values.TryGet(DaemonFlags.Store, out string? value));
        Assert.Equal("file:///s", value);
    }

    [Fact]
    public void A_value_may_hold_equals_signs() =>
        Assert.Equal(["/a=b=c", "d=e"], Parse("-exec-config-root=/a=b=c", "-exec-config-root", "d=e").All(DaemonFlags.ConfigRoot));

    [Fact]
    public void A_repeatable_flag_keeps_every_value_in_order() =>
        Assert.Equal(["/b", "/a", "/b"], Parse("-exec-config-root", "/b", "--exec-config-root=/a", "-exec-config-root", "/b").All(DaemonFlags.ConfigRoot));

    [Fact]
    public void A_flag_given_twice_is_named_with_its_second_value() =>
        Assert.Equal(["-worktree is given twice, the second time as 'b': give it once"], Parse("-worktree", "a", "--worktree=b").Problems);

    [Theory]
    [InlineData("true", "-external-services", "-store", "x")]
    [InlineData("true", "--external-services=true", "-store", "x")]
    [InlineData("false", "-external-services=false", "-store", "x")]
    public void A_switch_needs_no_value_and_takes_none_of_the_words_behind_it(string expected, params string[] words)
    {
        FlagValues values = Parse(words);

        Assert.Empty(values.Problems);
        Assert.True(values.TryGet(DaemonFlags.ExternalServices, out string? value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("-store", "-5")]
    [InlineData("-store", "--unknown")]
    [InlineData("-store", "-")]
    [InlineData("-store=-worktree")]
    [InlineData("-store", "worktree")]
    public void A_value_may_start_with_a_dash(params string[] words)
    {
        FlagValues values = Parse(words);

        Assert.Empty(values.Problems);
        Assert.True(values.TryGet(DaemonFlags.Store, out string? value));
        Assert.Equal(words[^1].Replace("-store=", "", StringComparison.Ordinal), value);
    }

    [Theory]
    [InlineData("-store", "-worktree", "w")]
    [InlineData("-store", "--worktree=w")]
    public void The_next_flag_is_no_value(params string[] words)
    {
        FlagValues values = Parse(words);

        Assert.StartsWith("-store needs a value: URL", Assert.Single(values.Problems), StringComparison.Ordinal);
        Assert.Equal(["w"], values.All(DaemonFlags.Worktree));
    }

    [Fact]
    public void The_last_flag_needs_a_value_too() =>
        Assert.StartsWith("-mount-point needs a value: DIR", Assert.Single(Parse("-worktree", "w", "-mount-point").Problems), StringComparison.Ordinal);

    [Fact]
    public void A_command_that_is_announced_and_not_there_is_a_problem() =>
        Assert.StartsWith("nothing stands behind --", Assert.Single(Parse("-worktree", "w", "--").Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("word")]
    [InlineData("---store")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("store=x")]
    [InlineData("-STORE")]
    public void What_is_no_flag_is_named(string word) =>
        Assert.Equal([$"unknown argument '{word}': see 'pv_exec daemon --help'"], Parse(word).Problems);

    [Fact]
    public void No_problem_prints_a_secret()
    {
        FlagValues values = Parse("--acount-key=hush", "-account-key", "hush", "-account-key=hush");

        Assert.Equal(2, values.Problems.Count);
        Assert.All(values.Problems, problem => Assert.DoesNotContain("hush", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_problem_is_told_at_once() =>
        Assert.Equal(3, Parse("what", "-p", "1", "-p", "2", "--store").Problems.Count);

    [Fact]
    public void A_variable_stands_in_for_a_flag_that_is_not_given()
    {
        FlagValues values = Parse(["-store", "file:///s"], new() { ["PV_EXEC_STORE"] = "file:///v", ["PV_EXEC_MOUNT_POINT"] = "/m" });

        Assert.Equal(["file:///s"], values.All(DaemonFlags.Store));
        Assert.Equal(["/m"], values.All(DaemonFlags.MountPoint));
    }

    [Fact]
    public void The_variable_of_a_repeatable_flag_holds_values_between_colons()
    {
        FlagValues values = Parse([], new() { ["PV_EXEC_EXEC_CONFIG_ROOT"] = "/a::/b:", ["PV_EXEC_STORE"] = "file:///a:b" });

        Assert.Equal(["/a", "/b"], values.All(DaemonFlags.ConfigRoot));
        Assert.Equal(["file:///a:b"], values.All(DaemonFlags.Store));
    }

    [Theory]
    [InlineData("-mount-point", "")]
    [InlineData("-mount-point=")]
    public void An_empty_value_is_not_given_and_leaves_the_variable_its_turn(params string[] words)
    {
        Assert.False(Parse(words).TryGet(DaemonFlags.MountPoint, out _));
        Assert.Equal(["/m"], Parse(words, new() { ["PV_EXEC_MOUNT_POINT"] = "/m" }).All(DaemonFlags.MountPoint));
        Assert.Empty(Parse([], new() { ["PV_EXEC_MOUNT_POINT"] = "" }).All(DaemonFlags.MountPoint));
    }

    private static FlagValues Parse(params string[] words) => Parse(words, []);

    private static FlagValues Parse(string[] words, Dictionary<string, string> variables) =>
        FlagValues.Parse(words, name => variables.GetValueOrDefault(name));
}
