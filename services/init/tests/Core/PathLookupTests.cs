using System.Text;
using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class PathLookupTests
{
    [Theory]
    [InlineData("/a:/b", "/a /b")]
    [InlineData(":/b:", ". /b .")]
    [InlineData("", ".")]
    [InlineData("/usr/local/bin:/usr/bin:/bin", "/usr/local/bin /usr/bin /bin")]
    public void Every_directory_of_the_path_is_tried_in_order(string path, string expected)
    {
        var lookup = new PathLookup(Encoding.UTF8.GetBytes(path));
        var found = new List<string>();
        while (lookup.MoveNext())
        {
            found.Add(Encoding.UTF8.GetString(lookup.Current));
        }

        Assert.Equal(expected, string.Join(' ', found));
        Assert.Equal(found.Count, lookup.Count);
    }

    [Fact]
    public void A_program_with_a_slash_is_not_looked_up()
    {
        Assert.False(PathLookup.IsNeeded("./true"u8));
        Assert.False(PathLookup.IsNeeded("/bin/true"u8));
        Assert.True(PathLookup.IsNeeded("true"u8));
    }
}
