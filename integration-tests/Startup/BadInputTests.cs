using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Startup;

/// <summary>What cannot work is said in one line that names it, with an exit code that says whose turn it is; nothing is damaged.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const long Usage = 100;
    private const long SystemFault = 111;
    private const string Good = "pv_exec daemon -exec-config-root /usr/share/pv-exec/tasks -mount-point /srv/worktree -worktree tree --store file:///srv/store";

    private TestContainer _machine = null!;

    public async ValueTask InitializeAsync() => _machine = await TestContainer.StartAsync(ContainerSpec.Idle with { MayMount = true });

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Theory]
    [InlineData("pv_exec daemon -exec-config-root /no/such/root", "/no/such/root")]
    [InlineData("pv_exec daemon -exec-config-root /srv/empty", "/srv/empty")]
    [InlineData("env -u PV_EXEC_EXEC_CONFIG_ROOT pv_exec daemon", "-exec-config-root")]
    [InlineData("pv_exec daemon -no-such-flag", "-no-such-flag")]
    [InlineData("pv_exec daemon -p 70000", "70000")]
    [InlineData("pv_exec daemon -autosave-interval soon", "soon")]
    [InlineData("PV_EXEC_STOP_TIMEOUT=soon pv_exec daemon -exec-config-root /usr/share/pv-exec/tasks", "PV_EXEC_STOP_TIMEOUT 'soon'")]
    [InlineData("PV_EXEC_MOUNT_POINT=/etc/passwd PV_EXEC_WORKTREE=w PV_EXEC_STORE=file:///srv/store pv_exec daemon -exec-config-root /usr/share/pv-exec/tasks", "PV_EXEC_MOUNT_POINT '/etc/passwd'")]
    [InlineData("pv_exec daemon -account-name me -account-key secret -container c", "-account-name")]
    [InlineData(Good + " --worktree-mode lazy", "lazy")]
    [InlineData(Good + " -mount-point relative", "-mount-point")]
    [InlineData(Good + " -source-worktree never-saved", "never-saved")]
    [InlineData(Good + " -source-worktree ../etc", "../etc")]
    public async Task Wrong_usage_is_one_line_and_100(string command, string named) =>
        await FailsAsync(command, named, Usage);

    [Theory]
    [InlineData("memory")]
    [InlineData("directory")]
    public async Task A_mount_point_that_holds_something_else_is_refused_and_left_alone(string mode)
    {
        _ = (await _machine.ShellAsync("echo mine >/srv/worktree/mine")).Text;

        await FailsAsync($"{Good} --worktree-mode {mode}", "/srv/worktree", Usage);

        Assert.Equal("mine", (await _machine.ShellAsync("cd /srv/worktree && ls && cat mine | grep -v mine; true")).Text);
    }

    [Fact]
    public async Task A_mount_point_that_is_a_file_is_refused() =>
        await FailsAsync("touch /srv/file; pv_exec daemon -exec-config-root /usr/share/pv-exec/tasks -mount-point /srv/file -worktree tree --store file:///srv/store", "/srv/file", Usage);

    [Fact]
    public async Task A_port_that_is_taken_is_named() =>
        await FailsAsync("python3 -m http.server --bind 127.0.0.1 50000 >/dev/null 2>&1 & until (exec 3<>/dev/tcp/127.0.0.1/50000) 2>/dev/null; do sleep 0.02; done; " + Good, "50000", SystemFault);

    [Fact]
    public async Task A_store_that_is_a_file_is_named() =>
        await FailsAsync("touch /srv/not-a-store; pv_exec daemon -exec-config-root /usr/share/pv-exec/tasks -mount-point /srv/worktree -worktree tree --store file:///srv/not-a-store", "/srv/not-a-store", null);

    [Fact]
    public async Task A_second_daemon_on_the_same_runtime_directory_is_refused_and_the_first_goes_on()
    {
        await StartGoodAsync("");

        await FailsAsync("pv_exec daemon -p 50001 -exec-config-root /usr/share/pv-exec/tasks", "/run/pv-exec", null);

        _ = (await _machine.CallAsync("Save", new { })).Ok();
    }

    [Theory]
    [InlineData("largest")]
    [InlineData("manifest")]
    public async Task A_corrupt_store_is_named_and_nothing_is_overwritten(string what)
    {
        await StartGoodAsync("");
        _ = (await _machine.ShellAsync("head -c 3000000 /dev/urandom >/srv/worktree/content")).Text;
        await StopAsync();
        string largest = "find /srv/store -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d' ' -f2-";
        string manifest = "find /srv/store -type f -ipath '*manifest*' | head -n 1";
        string file = (await _machine.ShellAsync(what == "largest" ? largest : manifest)).Text;
        Assert.NotEqual("", file);
        const string Flip = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(0, 2); n = f.tell() // 2; f.seek(n); b = f.read(1)[0] ^ 0x55; f.seek(n); f.write(bytes([b]))";
        _ = (await _machine.ShellAsync("chmod u+w \"$2\"; python3 -c \"$1\" \"$2\"", Flip, file)).Text;
        string[] stored = await _machine.ListStoreAsync();

        await FailsAsync($"{Good} -source-worktree tree", Path.GetFileName(file), SystemFault);

        Assert.Equal(stored, await _machine.ListStoreAsync());
    }

    [Fact]
    public async Task A_full_store_fails_the_save_and_keeps_the_last_snapshot()
    {
        _ = (await _machine.ShellAsync("mount -t tmpfs -o size=4m none /srv/store")).Text;
        await StartGoodAsync("");
        _ = (await _machine.ShellAsync("echo first >/srv/worktree/first")).Text;
        _ = (await _machine.CallAsync("Save", new { })).Ok();
        _ = (await _machine.ShellAsync("head -c 9000000 /dev/urandom >/srv/worktree/big")).Text;

        CallResult full = await _machine.CallAsync("Save", new { });

        Assert.NotEqual("OK", full.Code);
        Assert.Contains("space", full.Details, StringComparison.OrdinalIgnoreCase);
        _ = (await _machine.ShellAsync("rm /srv/worktree/big; echo second >/srv/worktree/second")).Text;
        _ = (await _machine.CallAsync("Save", new { })).Ok();
        await StopAsync();
        await StartGoodAsync("-source-worktree tree");
        Assert.Equal(["first", "second"], (await _machine.ShellAsync("cat /srv/worktree/first /srv/worktree/second")).Lines);
    }

    private async Task FailsAsync(string command, string named, long? code)
    {
        ShellResult result = await _machine.ShellAsync("mkdir -p /srv/empty; timeout 30 bash -c \"$1\"", command);

        Assert.True(result.ErrorLines.Length == 1, $"not one line on standard error:\n{result.Errors}\n{result.Output}");
        Assert.Contains(named, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.True(code is null ? result.ExitCode is Usage or SystemFault : result.ExitCode == code, $"exit code {result.ExitCode}: {result.Errors}");
        Assert.DoesNotContain("secret", result.Errors, StringComparison.Ordinal);
    }

    private async Task StartGoodAsync(string more)
    {
        _ = (await _machine.ShellAsync($"setsid {Good} {more} >/tmp/daemon.log 2>&1 &")).Text;
        await _machine.WaitUntilAsync("timeout 5 pv_exec worktree status || { cat /tmp/daemon.log; false; }");
    }

    private async Task StopAsync()
    {
        _ = (await _machine.ShellAsync("kill $(pgrep -x pv-init)")).Text;
        await _machine.WaitUntilAsync("! pgrep -x pv-init");
    }
}
