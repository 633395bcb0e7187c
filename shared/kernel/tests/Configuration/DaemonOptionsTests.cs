using PvExec.Kernel.Configuration;

namespace PvExec.Kernel.Tests.Configuration;

public sealed class DaemonOptionsTests
{
    private static readonly DaemonOptions Whole = new()
    {
        Host = "::1",
        Port = 0,
        RuntimeDir = "/tmp/rt",
        ConfigRoots = ["/tasks", "-odd", "--store"],
        MountPoint = "/app",
        Worktree = "w-1",
        SourceWorktree = "-w0",
        WorktreeMode = WorktreeMode.Directory,
        Store = "file:///with space=and:more",
        AutosaveInterval = TimeSpan.FromTicks(12_345_678),
        SaveScopes = ["a", "-p"],
        SaveFreeze = true,
        StopTimeout = TimeSpan.FromSeconds(2.5),
        Watchdog = TimeSpan.FromSeconds(1.25),
        StartTimeout = TimeSpan.FromSeconds(45.5),
        RestartLimit = 3,
        ExitOnFailed = ["exec", "worktree"],
        Main = "task:serve",
        ExternalServices = true,
        KeptExits = 7,
        OutputHead = 65_537,
        OutputTail = 3 << 20,
        OutputDir = "/spool",
    };

    [Fact]
    public void Nothing_given_is_the_defaults()
    {
        DaemonOptions options = DaemonOptions.Parse([], _ => null, out IReadOnlyList<string> problems);

        Assert.Empty(problems);
        Assert.Equivalent(new DaemonOptions(), options, strict: true);
        Assert.Equal("127.0.0.1", options.Host);
        Assert.Equal(50000, options.Port);
        Assert.Equal(["src", "dep"], options.SaveScopes);
        Assert.Equal(TimeSpan.FromSeconds(10), options.StopTimeout);
        Assert.Equal("/run/pv-exec/init.sock", options.Paths.Init);
    }

    [Fact]
    public void Arguments_made_of_options_make_the_same_options()
    {
        DaemonOptions again = DaemonOptions.Parse(Whole.ToArguments(), _ => null, out IReadOnlyList<string> problems);

        Assert.Empty(problems);
        Assert.Equivalent(Whole, again, strict: true);
        Assert.Equal(Whole.ToArguments(), again.ToArguments());
    }

    [Fact]
    public void What_was_given_by_a_variable_is_called_by_its_name_also_where_it_was_passed_on_as_a_word()
    {
        DaemonOptions first = DaemonOptions.Parse(["-worktree", "w"], name => name == "PV_EXEC_SOURCE_WORKTREE" ? "s" : null, out _);

        DaemonOptions again = DaemonOptions.Parse(
            first.ToArguments(), name => name == DaemonOptions.GivenByVariables ? first.NamesGivenByVariables : null, out _);

        Assert.Equal("s", again.SourceWorktree);
        Assert.Equal("PV_EXEC_SOURCE_WORKTREE", again.Given(DaemonFlags.SourceWorktree));
        Assert.Equal("-worktree", again.Given(DaemonFlags.Worktree));
    }

    [Fact]
    public void Arguments_made_of_options_win_over_variables()
    {
        DaemonOptions again = DaemonOptions.Parse(Whole.ToArguments(), name => name == "PV_EXEC_HOST" ? "0.0.0.0" : null, out _);

        Assert.Equal("::1", again.Host);
    }

    [Fact]
    public void Whole_options_have_no_problems() => Assert.Empty((Whole with { SourceWorktree = null, ExternalServices = false }).Problems());

    [Fact]
    public void What_follows_two_dashes_is_the_command_of_the_main_process()
    {
        DaemonOptions options = DaemonOptions.Parse(["-p", "1", "--", "npm", "-p", "--", "x"], _ => null, out IReadOnlyList<string> problems);

        Assert.Empty(problems);
        Assert.Equal(1, options.Port);
        Assert.Equal(["npm", "-p", "--", "x"], options.MainCommand);
        Assert.Equal("main", options.MainProcess);
        DaemonOptions again = DaemonOptions.Parse(options.ToArguments(), _ => null, out _);
        Assert.Equivalent(options, again, strict: true);
    }

    [Fact]
    public void Two_dashes_are_no_value()
    {
        DaemonOptions.Parse(["-main", "--", "npm"], _ => null, out IReadOnlyList<string> problems);

        Assert.StartsWith("-main needs a value", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process:web", null)]
    [InlineData("task:common/serve", null)]
    [InlineData("process:", "-main 'process:' is no task and no process: give task:NAME or process:NAME")]
    [InlineData("task:", "-main 'task:' is no task and no process: give task:NAME or process:NAME")]
    [InlineData("web", "-main 'web' is no task and no process: give task:NAME or process:NAME")]
    [InlineData("task:serve --", "-main 'task:serve' is given with the command 'npm' behind --: only a process has one, give process:NAME")]
    public void The_main_task_or_process_is_named_with_its_kind(string value, string? problem)
    {
        string[] words = value.EndsWith(" --", StringComparison.Ordinal) ? [value[..^3], "--", "npm"] : [value];
        DaemonOptions options = DaemonOptions.Parse(["-exec-config-root", "/t", "-main", .. words], _ => null, out _);

        Assert.Equal(problem is null ? [] : [problem], options.Problems());
    }

    [Fact]
    public void A_main_process_whose_name_is_too_long_is_refused()
    {
        var options = new DaemonOptions { ConfigRoots = ["/t"], Main = "process:" + new string('x', 256) };

        Assert.Contains("256 characters: at most 255 are allowed", Assert.Single(options.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_without_a_program_is_refused() =>
        Assert.Contains("behind -- is empty", Assert.Single(DaemonOptions.Parse(["-exec-config-root", "/t", "--", "", "x"], _ => null, out _).Problems()), StringComparison.Ordinal);

    [Fact]
    public void Seconds_may_have_a_fraction()
    {
        DaemonOptions options = DaemonOptions.Parse(["-autosave-interval", "1.5", "-stop-timeout", "7"], _ => null, out IReadOnlyList<string> problems);

        Assert.Empty(problems);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), options.AutosaveInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), options.StopTimeout);
    }

    [Theory]
    [InlineData("-p", "70000", "-p '70000' is not a whole number from 0 to 65535")]
    [InlineData("-p", "1.5", "-p '1.5' is not a whole number from 0 to 65535")]
    [InlineData("-p", "-1", "-p '-1' is not a whole number from 0 to 65535")]
    [InlineData("-p", "http", "-p 'http' is not a whole number from 0 to 65535")]
    [InlineData("-p", "-Infinity", "-p '-Infinity' is not a whole number from 0 to 65535")]
    [InlineData("-stop-timeout", "NaN", "-stop-timeout 'NaN' is not a number from 0 to 86400")]
    [InlineData("-stop-timeout", "-Infinity", "-stop-timeout '-Infinity' is not a number from 0 to 86400")]
    [InlineData("-stop-timeout", "1e3", "-stop-timeout '1e3' is not a number from 0 to 86400")]
    [InlineData("-autosave-interval", "1,5", "-autosave-interval '1,5' is not a number that is 0 or from 1 to 2592000")]
    [InlineData("-autosave-interval", "0.9", "-autosave-interval '0.9' is not a number that is 0 or from 1 to 2592000")]
    [InlineData("-autosave-interval", "99999999", "-autosave-interval '99999999' is not a number that is 0 or from 1 to 2592000")]
    [InlineData("-output-head", "9M", "-output-head '9M' is not a size from 0 to 8MiB, such as 64KiB")]
    [InlineData("-output-tail", "much", "-output-tail 'much' is not a size from 0 to 8MiB, such as 64KiB")]
    [InlineData("-worktree-mode", "disk", "-worktree-mode 'disk' is none of auto, memory, directory")]
    public void A_value_that_is_none_is_named_with_its_flag(string flag, string value, string problem)
    {
        DaemonOptions.Parse([flag, value], _ => null, out IReadOnlyList<string> problems);

        Assert.Equal([problem], problems);
    }

    [Fact]
    public void A_switch_that_is_neither_true_nor_false_is_named_with_its_flag()
    {
        DaemonOptions.Parse(["-save-freeze=yes"], _ => null, out IReadOnlyList<string> problems);

        Assert.Equal(["-save-freeze 'yes' is none of true, false"], problems);
    }

    [Fact]
    public void A_variable_that_is_wrong_is_named_in_place_of_its_flag()
    {
        var wrong = new Dictionary<string, string>
        {
            ["PV_EXEC_STOP_TIMEOUT"] = "a",
            ["PV_EXEC_OUTPUT_HEAD"] = "b",
            ["PV_EXEC_SAVE_FREEZE"] = "c",
            ["PV_EXEC_WORKTREE_MODE"] = "d",
            ["PV_EXEC_RUNTIME_DIR"] = "e",
            ["PV_EXEC_SAVE_SCOPE"] = "..",
            ["PV_EXEC_EXIT_ON_FAILED"] = "g",
            ["PV_EXEC_MAIN"] = "h",
            ["PV_EXEC_WORKTREE"] = "i",
        };

        DaemonOptions options = DaemonOptions.Parse(["-p", "x", "-exec-config-root", "/t"], wrong.GetValueOrDefault, out IReadOnlyList<string> problems);

        Assert.Equal(
            ["-p", .. wrong.Keys.Order(StringComparer.Ordinal)],
            problems.Concat(options.Problems()).Select(problem => problem.Split(' ', ':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_flag_that_is_wrong_is_named_although_its_variable_is_set()
    {
        DaemonOptions.Parse(["-p", "x"], name => name == "PV_EXEC_P" ? "1" : null, out IReadOnlyList<string> problems);

        Assert.StartsWith("-p 'x' is not", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_word_is_told_at_once()
    {
        DaemonOptions.Parse(["fly", "-p", "x", "-stop-timeout", "y", "-worktree-mode", "z", "-store"], _ => null, out IReadOnlyList<string> problems);

        Assert.Equal(5, problems.Count);
    }

    [Theory]
    [InlineData("auto", WorktreeMode.Auto)]
    [InlineData("memory", WorktreeMode.Memory)]
    [InlineData("directory", WorktreeMode.Directory)]
    public void A_mode_has_a_name(string name, WorktreeMode mode) =>
        Assert.Equal(mode, DaemonOptions.Parse(["-worktree-mode", name], _ => null, out _).WorktreeMode);

    [Theory]
    [InlineData("account-name")]
    [InlineData("account-key")]
    [InlineData("container")]
    public void The_blob_store_is_refused_and_its_values_are_not_printed(string flag)
    {
        DaemonOptions options = DaemonOptions.Parse(["-exec-config-root", "/t", "-" + flag, "hush"], _ => null, out _);

        string problem = Assert.Single(options.Problems());
        Assert.Contains("-account-key", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", problem, StringComparison.Ordinal);
        Assert.False(DaemonOptions.Parse(["-" + flag, ""], _ => null, out _).AsksForBlobStore);
    }
}
