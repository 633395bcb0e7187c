namespace PvExec.Exec.Tests.Tasks;

public sealed class FileTaskTests : IDisposable
{
    private readonly Script _script = new();

    public static TheoryData<string> NastyNames =>
    [
        "plain", "two words", "it's", "\"quoted\"", "$(touch x)", "`id`", "-rf", "--help", "*", "?[a]", "a\nb", "ends in newline\n", "\n", " ",
        "back\\slash", "ü€😀", ".hidden", "...", "a;b|c&d>e", "%s%n", "deep/er/-x/y z", "#", "~", "{a,b}", "!", "tab\t",
    ];

    public static TheoryData<string, string> Outside
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string task in new[] { "file_read", "file_write", "file_new", "file_delete" })
            {
                foreach (string path in new[] { "..", "../beside", "a/../../beside", "a/..", "link/secret", "secret link" })
                {
                    // These two act on the link itself, which is inside.
                    if (path != "secret link" || task is "file_read" or "file_write")
                    {
                        all.Add(task, path);
                    }
                }
            }

            return all;
        }
    }

    public void Dispose() => _script.Dispose();

    [Theory]
    [MemberData(nameof(NastyNames))]
    public void Any_name_can_be_written_read_listed_copied_moved_and_deleted(string name)
    {
        string copy = name + ".copy", moved = "-moved/" + name;
        Succeeds(_script.Run("common/file_write", "one\0two"u8.ToArray(), ("FILEPATH", name)));
        Assert.Equal("one\0two", File.ReadAllText(_script.At(name)));
        Assert.Equal("one\0two", Succeeds(_script.Run("common/file_read", ("FILEPATH", name))).Text);
        Assert.Contains(name, Succeeds(_script.Run("common/file_list", ("SEPARATOR", "nul"))).Text.Split('\0'));
        Succeeds(_script.Run("common/file_copy", ("OLD_FILEPATH", name), ("NEW_FILEPATH", copy)));
        Succeeds(_script.Run("common/file_move", ("OLD_FILEPATH", name), ("NEW_FILEPATH", moved)));
        Assert.True(File.Exists(_script.At(copy)) && File.Exists(_script.At(moved)) && !File.Exists(_script.At(name)));
        Succeeds(_script.Run("common/file_delete", ("FILEPATH", copy)));
        Succeeds(_script.Run("common/file_delete", ("FILEPATH", "-moved")));
        Succeeds(_script.Run("common/file_new", ("FILEPATH", name)));
        Assert.Equal("", File.ReadAllText(_script.At(name)));
    }

    [Theory]
    [MemberData(nameof(Outside))]
    public void A_path_that_leaves_the_tree_is_refused_and_nothing_is_touched(string task, string path)
    {
        File.WriteAllText(_script.Beside("beside"), "secret");
        Directory.CreateDirectory(_script.Beside("directory"));
        File.WriteAllText(_script.Beside("directory/secret"), "secret");
        Directory.CreateDirectory(_script.At("a"));
        Directory.CreateSymbolicLink(_script.At("link"), "../directory");
        File.CreateSymbolicLink(_script.At("secret link"), _script.Beside("beside"));

        ScriptResult result = _script.Run("common/" + task, "x"u8.ToArray(), ("FILEPATH", path));

        Assert.Equal((65, ""), (result.Code, result.Text));
        Assert.StartsWith($"{task}: FILEPATH '{path}' ", result.Error, StringComparison.Ordinal);
        Assert.Equal("secret", File.ReadAllText(_script.Beside("beside")));
        Assert.Equal("secret", File.ReadAllText(_script.Beside("directory/secret")));
        Assert.Single(Directory.GetFileSystemEntries(_script.Beside("directory")));
    }

    [Theory]
    [InlineData("file_copy")]
    [InlineData("file_move")]
    public void Neither_end_of_a_copy_or_a_move_may_be_outside(string task)
    {
        _script.Put("inside");
        File.WriteAllText(_script.Beside("beside"), "secret");

        Assert.Equal(65, _script.Run("common/" + task, ("OLD_FILEPATH", "../beside"), ("NEW_FILEPATH", "x")).Code);
        Assert.Equal(65, _script.Run("common/" + task, ("OLD_FILEPATH", "inside"), ("NEW_FILEPATH", "../x")).Code);
        Assert.Equal(["inside"], Directory.GetFileSystemEntries(_script.Root).Select(Path.GetFileName));
        Assert.False(File.Exists(_script.Beside("x")));
    }

    [Theory]
    [InlineData("file_copy")]
    [InlineData("file_move")]
    public void A_copy_or_a_move_replaces_nothing_and_does_not_go_into_itself(string task)
    {
        _script.Put("a/file", "a");
        _script.Put("b", "b");

        Assert.Equal(73, _script.Run("common/" + task, ("OLD_FILEPATH", "a/file"), ("NEW_FILEPATH", "b")).Code);
        Assert.Equal(65, _script.Run("common/" + task, ("OLD_FILEPATH", "a"), ("NEW_FILEPATH", "a/deeper/a")).Code);
        Assert.Equal(66, _script.Run("common/" + task, ("OLD_FILEPATH", "none"), ("NEW_FILEPATH", "c")).Code);
        Assert.Equal(("a", "b"), (File.ReadAllText(_script.At("a/file")), File.ReadAllText(_script.At("b"))));
    }

    [Theory]
    [InlineData("common/file_read", "FILEPATH")]
    [InlineData("common/file_write", "FILEPATH")]
    [InlineData("common/file_new", "FILEPATH")]
    [InlineData("common/file_delete", "FILEPATH")]
    [InlineData("common/file_copy", "OLD_FILEPATH")]
    [InlineData("common/file_move", "OLD_FILEPATH")]
    [InlineData("javascript/npm_install_pkg", "NAME")]
    [InlineData("javascript/npm_remove_pkg", "NAME")]
    public void A_missing_variable_is_named(string task, string variable)
    {
        ScriptResult missing = _script.Run(task, (variable, null));
        Assert.Equal(64, missing.Code);
        Assert.Contains(variable, missing.Error, StringComparison.Ordinal);

        ScriptResult noRoot = _script.Run(task, (variable, "x"), ("PV_APP_ROOT", null));
        Assert.Equal(64, noRoot.Code);
        Assert.Contains("PV_APP_ROOT", noRoot.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("//.")]
    [InlineData("./.")]
    public void The_tree_itself_is_not_deleted(string path)
    {
        _script.Put("a");

        Assert.Equal(65, _script.Run("common/file_delete", ("FILEPATH", path)).Code);
        Assert.True(File.Exists(_script.At("a")));
    }

    [Fact]
    public void Deleting_a_link_leaves_what_it_leads_to()
    {
        _script.Put("directory/file");
        Directory.CreateSymbolicLink(_script.At("link"), "directory");
        Directory.CreateSymbolicLink(_script.At("out"), "../");

        Succeeds(_script.Run("common/file_delete", ("FILEPATH", "link/")));
        Succeeds(_script.Run("common/file_delete", ("FILEPATH", "out")));
        Assert.Equal(["directory"], Directory.GetFileSystemEntries(_script.Root).Select(Path.GetFileName));
        Assert.True(File.Exists(_script.At("directory/file")));
        Assert.Equal(66, _script.Run("common/file_delete", ("FILEPATH", "link")).Code);
    }

    [Fact]
    public void Writing_keeps_the_mode_and_goes_through_a_link_inside_the_tree()
    {
        File.SetUnixFileMode(_script.Put("script.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(_script.At("link"), "script.sh");

        Succeeds(_script.Run("common/file_write", "new"u8.ToArray(), ("FILEPATH", "link")));

        Assert.Equal("new", File.ReadAllText(_script.At("script.sh")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(_script.At("script.sh")));
        Assert.Equal("script.sh", new FileInfo(_script.At("link")).LinkTarget);
        Assert.Equal(2, Directory.GetFileSystemEntries(_script.Root).Length);
    }

    [Fact]
    public void A_new_directory_is_one_whose_name_ends_in_a_slash()
    {
        Succeeds(_script.Run("common/file_new", ("FILEPATH", "a/b/")));

        Assert.True(Directory.Exists(_script.At("a/b")));
        Assert.Equal(73, _script.Run("common/file_new", ("FILEPATH", "a/b")).Code);
        Assert.Equal(73, _script.Run("common/file_write", ("FILEPATH", "a/b")).Code);
        Assert.Equal(66, _script.Run("common/file_read", ("FILEPATH", "a/b")).Code);
    }

    [Fact]
    public void A_list_is_sorted_relative_and_marks_directories()
    {
        _script.Put("b/-x");
        _script.Put("B");
        _script.Put("b/deep/er");
        Directory.CreateSymbolicLink(_script.At("link"), "b");

        Assert.Equal("B\nb/\nb/-x\nb/deep/\nb/deep/er\nlink\n", Succeeds(_script.Run("common/file_list")).Text);
        Assert.Equal("b/-x\nb/deep/\nb/deep/er\n", Succeeds(_script.Run("common/file_list", ("FILEPATH", "b"))).Text);
        Assert.Equal("B\nb/\nlink\n", Succeeds(_script.Run("common/file_list", ("DEPTH", "1"))).Text);
        Assert.Equal(66, _script.Run("common/file_list", ("FILEPATH", "B")).Code);
        Assert.Equal(64, _script.Run("common/file_list", ("DEPTH", "-1")).Code);
    }

    [Fact]
    public void A_backup_holds_the_tree_with_modes_and_links()
    {
        File.SetUnixFileMode(_script.Put("--dash\nand line"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(_script.At("link"), "/nowhere");
        byte[] archive = Succeeds(_script.Run("common/file_backup")).Bytes;

        string back = Directory.CreateDirectory(_script.Beside("back")).FullName;
        Script.Tool("tar", back, archive, "xf", "-");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(back + "/--dash\nand line"));
        Assert.Equal("/nowhere", new FileInfo(back + "/link").LinkTarget);
    }

    private static ScriptResult Succeeds(ScriptResult result)
    {
        Assert.True(result.Code == 0, $"code {result.Code}: {result.Error}");
        return result;
    }
}
