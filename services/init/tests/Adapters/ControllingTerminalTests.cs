using PvExec.Init.Adapters;

namespace PvExec.Init.Tests.Adapters;

public class ControllingTerminalTests
{
    [Theory]
    [InlineData("7 (pv-init) S 1 7 7 0 -1 4194560", false)]
    [InlineData("7 (pv-init) S 1 7 7 34816 7 4194560", true)]
    [InlineData("7 (a) b) S 1 7 7 34816 7 4194560", true)]
    public void It_is_the_fifth_field_behind_the_name(string stat, bool exists) => Assert.Equal(exists, ControllingTerminal.Exists(stat));
}
