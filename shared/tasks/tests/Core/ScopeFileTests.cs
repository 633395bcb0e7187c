using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class ScopeFileTests
{
    [Theory]
    [InlineData("src\ndep\n", "src|dep")]
    [InlineData("src\r\ndep\r\n", "src|dep")]
    [InlineData("\n# what it reads\n  src  \n\n\t#no\ndep", "src|dep")]
    [InlineData("\uFEFFsrc", "src")]
    [InlineData("a#b\nwith space", "a#b|with space")]
    [InlineData("", "")]
    public void One_scope_a_line(string text, string scopes) => Assert.Equal(scopes, string.Join('|', ScopeFile.Parse(text)));

    [Fact]
    public void A_set_holds_each_scope_once_in_order_and_a_write_wins()
    {
        ScopeSet set = ScopeSet.From(["src", "dep", "src"], ["dep", "b"]);

        Assert.Equal("writes b, writes dep, reads src", set.ToString());
        Assert.Equal(["src"], set.Reads);
        Assert.Equal(["b", "dep"], set.Writes);
    }
}
