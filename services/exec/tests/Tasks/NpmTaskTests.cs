namespace PvExec.Exec.Tests.Tasks;

/// <summary>With an npm that prints where it was started and what it was told.</summary>
public sealed class NpmTaskTests : IDisposable
{
    private readonly Script _script = new();
    private readonly string _path;

    public NpmTaskTests()
    {
        string programs = Directory.CreateDirectory(_script.Beside("bin")).FullName;
        File.WriteAllText(programs + "/npm", "#!/bin/sh\npwd\nprintf '%s\\n' \"$@\"\n");
        File.SetUnixFileMode(programs + "/npm", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _path = programs + ":" + Environment.GetEnvironmentVariable("PATH");
    }

    public void Dispose() => _script.Dispose();

    [Fact]
    public void An_installation_runs_in_the_tree()
    {
        Assert.Equal(66, Run("npm_install").Code);
        _script.Put("package.json", "{}");

        Assert.Equal([_script.Root, "install"], Words(Run("npm_install")).Take(2));
    }

    [Theory]
    [InlineData("left-pad", "", "left-pad")]
    [InlineData("left-pad", "1.3.0", "left-pad@1.3.0")]
    [InlineData("@types/node", "^20.1", "@types/node@^20.1")]
    [InlineData("a", ">=1.0 <2 || 3.x", "a@>=1.0 <2 || 3.x")]
    [InlineData("a", "latest", "a@latest")]
    public void A_package_is_one_word_behind_the_flags(string name, string version, string expected) =>
        Assert.Equal(["--", expected], Words(Run("npm_install_pkg", ("NAME", name), ("VERSION", version))).TakeLast(2));

    [Theory]
    [InlineData("--global")]
    [InlineData("-g")]
    [InlineData("a b")]
    [InlineData("../evil")]
    [InlineData("/etc")]
    [InlineData("git+ssh://x")]
    [InlineData("a/b")]
    [InlineData("@a")]
    [InlineData("a@1 b")]
    [InlineData("$(id)")]
    [InlineData("a\nb")]
    [InlineData(".")]
    public void A_name_that_npm_would_take_for_something_else_is_refused(string name)
    {
        Assert.Equal((65, ""), CodeAndText(Run("npm_install_pkg", ("NAME", name))));
        Assert.Equal((65, ""), CodeAndText(Run("npm_remove_pkg", ("NAME", name))));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("file:../evil")]
    [InlineData("https://x")]
    [InlineData("npm:other@1")]
    [InlineData("1;id")]
    [InlineData("1\n2")]
    public void So_is_a_version(string version) =>
        Assert.Equal((65, ""), CodeAndText(Run("npm_install_pkg", ("NAME", "a"), ("VERSION", version))));

    [Fact]
    public void A_removal_is_one_too() =>
        Assert.Equal(["--", "@types/node"], Words(Run("npm_remove_pkg", ("NAME", "@types/node"))).TakeLast(2));

    private static (int, string) CodeAndText(ScriptResult result) => (result.Code, result.Text);

    private static string[] Words(ScriptResult result)
    {
        Assert.True(result.Code == 0, result.Error);
        return result.Text.TrimEnd('\n').Split('\n');
    }

    private ScriptResult Run(string task, params (string, string?)[] variables) =>
        _script.Run("javascript/" + task, [("PATH", _path), .. variables]);
}
