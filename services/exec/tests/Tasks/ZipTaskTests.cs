using System.IO.Compression;

namespace PvExec.Exec.Tests.Tasks;

public sealed class ZipTaskTests : IDisposable
{
    private const int SymbolicLink = 0xA1FF << 16;
    private readonly Script _script = new();

    public static TheoryData<string, string?> Escapes => new()
    {
        { "../evil", null },
        { "a/../../evil", null },
        { "/evil", null },
        { "..\\evil", null },
        { "link", "/etc" },
        { "link", ".." },
        { "link", "../evil" },
        { "a/link", "../../evil" },
        { "a/link", "b/../../../evil" },
    };

    public void Dispose() => _script.Dispose();

    [Fact]
    public void What_is_exported_can_be_imported()
    {
        string[] names = ["plain", "-dash", "two words/it's", "ü€😀", "a*b", "deep/er/file"];
        foreach (string name in names)
        {
            _script.Put(name, "content of " + name);
        }

        Directory.CreateDirectory(_script.At("empty"));
        File.CreateSymbolicLink(_script.At("deep/link"), "../plain");
        byte[] archive = Succeeds(_script.Run("common/file_export_zip")).Bytes;
        using var other = new Script();
        Succeeds(other.Run("javascript/zip_import", archive));

        Assert.All(names, name => Assert.Equal("content of " + name, File.ReadAllText(other.At(name))));
        Assert.True(Directory.Exists(other.At("empty")));
        Assert.Equal("../plain", new FileInfo(other.At("deep/link")).LinkTarget);
        Assert.Equal(Tree(_script.Root), Tree(other.Root));
    }

    [Theory]
    [MemberData(nameof(Escapes))]
    public void An_archive_that_leads_out_of_the_tree_is_refused_and_nothing_changes(string name, string? link)
    {
        _script.Put("mine");
        byte[] archive = Zip(("good", "good", 0), (name, link ?? "evil", link is null ? 0 : SymbolicLink));

        foreach (string mode in new[] { "merge", "replace" })
        {
            ScriptResult result = _script.Run("javascript/zip_import", archive, ("IMPORT_MODE", mode));
            Assert.Equal(65, result.Code);
            Assert.Equal(["mine"], Tree(_script.Root));
            Assert.False(File.Exists(_script.Beside("evil")));
        }
    }

    [Fact]
    public void A_merge_replaces_what_is_in_the_archive_and_leaves_the_rest()
    {
        _script.Put("kept");
        _script.Put("directory/kept");
        _script.Put("directory/old", "old");
        File.WriteAllText(_script.Beside("outside"), "outside");
        File.CreateSymbolicLink(_script.At("link"), "../outside");

        Succeeds(_script.Run("javascript/zip_import", Zip(("directory/old", "new", 0), ("link", "a file now", 0))));

        Assert.Equal(["directory", "directory/kept", "directory/old", "kept", "link"], Tree(_script.Root));
        Assert.Equal("new", File.ReadAllText(_script.At("directory/old")));
        Assert.Null(new FileInfo(_script.At("link")).LinkTarget);
        Assert.Equal("outside", File.ReadAllText(_script.Beside("outside")));
    }

    [Fact]
    public void A_merge_never_goes_through_a_link_to_a_directory()
    {
        Directory.CreateDirectory(_script.Beside("outside"));
        Directory.CreateSymbolicLink(_script.At("link"), "../outside");

        ScriptResult result = _script.Run("javascript/zip_import", Zip(("link/evil", "evil", 0), ("good", "good", 0)));

        Assert.Equal(73, result.Code);
        Assert.Contains("'link'", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_script.Beside("outside")));
        Assert.False(File.Exists(_script.At("good")));
    }

    [Fact]
    public void Nothing_else_is_left_when_the_tree_is_replaced()
    {
        _script.Put("old/file");
        _script.Put(".hidden");

        Succeeds(_script.Run("javascript/zip_import", Zip(("new", "new", 0)), ("IMPORT_MODE", "replace")));

        Assert.Equal(["new"], Tree(_script.Root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("PK\u0003\u0004 and nothing more")]
    public void Anything_but_a_zip_archive_is_refused(string text)
    {
        _script.Put("mine");

        Assert.Equal(65, _script.Run("javascript/zip_import", System.Text.Encoding.UTF8.GetBytes(text), ("IMPORT_MODE", "replace")).Code);
        Assert.Equal(["mine"], Tree(_script.Root));
    }

    [Fact]
    public void An_empty_tree_can_be_exported_and_imported()
    {
        byte[] archive = Succeeds(_script.Run("common/file_export_zip")).Bytes;

        using (var zip = new ZipArchive(new MemoryStream(archive)))
        {
            Assert.Empty(zip.Entries);
        }

        Succeeds(_script.Run("javascript/zip_import", archive));
        Assert.Empty(Tree(_script.Root));
    }

    private static byte[] Zip(params (string Name, string Content, int Attributes)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string content, int attributes) in entries)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name);
                entry.ExternalAttributes = attributes == 0 ? entry.ExternalAttributes : attributes;
                using var writer = new StreamWriter(entry.Open());
                writer.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static string[] Tree(string root) =>
    [
        .. Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal),
    ];

    private static ScriptResult Succeeds(ScriptResult result)
    {
        Assert.True(result.Code == 0, $"code {result.Code}: {result.Error}");
        return result;
    }
}
