namespace PvExec.Kernel.Tests;

public sealed class ScopeNameTests
{
    [Theory]
    [InlineData("src", "src")]
    [InlineData("src/app", "src/app")]
    [InlineData("/src//app/", "src/app")]
    [InlineData("./src/./app", "src/app")]
    [InlineData("with space/ü#", "with space/ü#")]
    [InlineData("...", "...")]
    [InlineData("a..b/.hidden", "a..b/.hidden")]
    public void A_scope_is_a_path_of_names(string text, string scope) => Assert.Equal(scope, ScopeName.Parse(text).Value.Value);

    public static TheoryData<string, string> Wrong => new()
    {
        { "", "names nothing" },
        { "//", "names nothing" },
        { ".", "names nothing" },
        { "..", "'..'" },
        { "src/../dep", "'..'" },
        { "src\0", "NUL" },
        { new string('x', ScopeName.MaxBytes + 1), "longer than 4096 bytes" },
        { string.Join('/', Enumerable.Repeat("a", ScopeName.MaxSegments + 1)), "65 segments" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Any_other_text_is_refused_with_what_is_wrong(string text, string reason)
    {
        Assert.False(ScopeName.Parse(text).Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains(reason, fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', fault.Detail);
    }

    [Fact]
    public void The_largest_are_scopes()
    {
        Assert.True(ScopeName.Parse(new string('x', ScopeName.MaxBytes)).Succeeded(out _));
        Assert.True(ScopeName.Parse(string.Join('/', Enumerable.Repeat("a", ScopeName.MaxSegments))).Succeeded(out _));
    }
}
