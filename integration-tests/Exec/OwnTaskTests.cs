using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>The tasks that come with the image, with the names that break careless scripts.</summary>
public sealed class OwnTaskTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    public static TheoryData<string> Names =>
        ["plain.txt", "with space.txt", "quote\"'.txt", "new\nline.txt", "-rf", "$(touch x)", "ümläut", "deep/er/file"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_file_is_written_read_copied_moved_and_deleted(string name)
    {
        string root = await MakeRootAsync();
        string content = $"content of {name}\n";

        await SucceedsAsync("common/file_write", root, content, ("FILEPATH", name));
        Assert.Equal(content, await SucceedsAsync("common/file_read", root, "", ("FILEPATH", name)));
        await SucceedsAsync("common/file_copy", root, "", ("OLD_FILEPATH", name), ("NEW_FILEPATH", $"copy of {Path.GetFileName(name)}"));
        await SucceedsAsync("common/file_move", root, "", ("OLD_FILEPATH", name), ("NEW_FILEPATH", "moved"));
        Assert.Equal(content, await SucceedsAsync("common/file_read", root, "", ("FILEPATH", "moved")));
        await SucceedsAsync("common/file_delete", root, "", ("FILEPATH", "moved"));

        string left = (await _daemon.ShellAsync("cd \"$1\" && find . -type f -printf '%P\\0' | tr '\\0' '|'", root)).Text;
        Assert.Equal($"copy of {Path.GetFileName(name)}|", left);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("link/secret")]
    [InlineData("a/../../secret")]
    public async Task A_path_that_leaves_the_root_is_refused(string path)
    {
        string root = await MakeRootAsync();
        _ = (await _daemon.ShellAsync("echo keep >/srv/secret; echo keep >\"$1/../secret\"; ln -sfn /srv \"$1/link\"", root)).Text;

        CallResult read = await _daemon.RunTaskAsync("common/file_read", "", ("PV_APP_ROOT", root), ("FILEPATH", path));
        CallResult write = await _daemon.RunTaskAsync("common/file_write", "broken", ("PV_APP_ROOT", root), ("FILEPATH", path));

        Assert.NotEqual("0", read.Trailers["pv-exit-code"]);
        Assert.NotEqual("0", write.Trailers["pv-exit-code"]);
        Assert.DoesNotContain("keep", read.Text, StringComparison.Ordinal);
        Assert.Equal(["keep", "keep"], (await _daemon.ShellAsync("cat /srv/secret \"$1/../secret\"", root)).Lines);
    }

    [Fact]
    public async Task A_leading_slash_means_the_root_of_the_app()
    {
        string root = await MakeRootAsync();

        await SucceedsAsync("common/file_write", root, "inside", ("FILEPATH", "/etc/inside"));

        Assert.Equal("inside", (await _daemon.ShellAsync("cat \"$1/etc/inside\"; [ ! -e /etc/inside ]", root)).Text);
    }

    [Fact]
    public async Task A_backup_is_a_tar_of_the_root()
    {
        string root = await MakeRootAsync();
        await SucceedsAsync("common/file_write", root, "kept", ("FILEPATH", "a b"));
        _ = await _daemon.RunTaskAsync("common/file_backup", "", ("PV_APP_ROOT", root));

        const string Script = """
            printf '{"task_name":"common/file_backup","wait_for_completion":true,"key_values":[{"key":"PV_APP_ROOT","value":"%s"}]}' "$1" \
                | python3 /tmp/client/call.py Exec - \
                | python3 -c 'import base64, json, sys; sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)["answer"]["data"]))' \
                | tar -x -O --wildcards '*a b'
            """;
        Assert.Equal("kept", (await _daemon.ShellAsync(Script, root)).Text);
    }

    private async Task<string> MakeRootAsync() => (await _daemon.ShellAsync("d=$(mktemp -d)/app; mkdir \"$d\"; echo \"$d\"")).Text;

    private async Task<string> SucceedsAsync(string task, string root, string data, params (string, string)[] variables)
    {
        CallResult result = await _daemon.RunTaskAsync(task, data, [("PV_APP_ROOT", root), .. variables]);
        Assert.Equal("0", result.Ok().Trailers["pv-exit-code"]);
        return result.Text;
    }
}
