using PvExec.Kernel;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class ScopeSetTests
{
    [Fact]
    public void A_set_holds_each_scope_once_in_order_and_a_write_wins()
    {
        ScopeSet set = ScopeSet.From(["src", "dep", "/src/"], ["dep", "b"]);

        Assert.Equal("writes b, writes dep, reads src", set.ToString());
        Assert.Equal(["src"], set.Reads);
        Assert.Equal(["b", "dep"], set.Writes);
    }

    [Fact]
    public void A_limit_is_part_of_the_set() =>
        Assert.Equal("reads src, at most 2 at a time of /t/a", ScopeSet.From(["src"], [], new TaskLimit("/t/a", 2)).ToString());

    [Fact]
    public void A_text_that_names_no_scope_is_a_fault()
    {
        Assert.False(ScopeSet.Parse(["src"], ["../x"]).Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains("'../x'", fault.Detail, StringComparison.Ordinal);
    }
}
