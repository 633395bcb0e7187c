using PvExec.Kernel;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class TaskNameTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "", "empty" },
        { "..", "'..'" },
        { "../x", "'..'" },
        { "common/../../etc", "'..'" },
        { "common/.", "'.'" },
        { "/etc", "absolute" },
        { "a//b", "empty segment" },
        { "a/", "empty segment" },
        { "a\0b", "NUL" },
        { new string('x', 256), "255 bytes" },
        { string.Join('/', Enumerable.Repeat(new string('x', 200), 21)), "4096 bytes" },
        { new string('ä', 128), "255 bytes" },
    };

    [Theory]
    [InlineData("file_read")]
    [InlineData("common/file_read")]
    [InlineData("...")]
    [InlineData("-rf")]
    [InlineData("with space/ü\n")]
    public void A_name_below_the_root_is_taken_as_it_is(string text) => Assert.Equal(text, TaskName.Parse(text).Value.Value);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Any_other_is_refused_with_what_is_wrong(string text, string reason)
    {
        Assert.False(TaskName.Parse(text).Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains(reason, fault.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', fault.Detail);
        Assert.InRange(fault.Detail.Length, 1, 400);
    }
}
