using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Tests.Core;

public class SpecTests
{
    private static readonly ProcessSpec Spec = new()
    {
        Name = "web", Arguments = ["node", "a b"], RunPath = "/srv", ListeningPort = 8080,
        Variables = [new("A", "1"), new("B", "2")],
    };

    [Fact]
    public void The_order_of_variables_makes_no_difference() =>
        Assert.True(Spec.SameAs(Spec with { Variables = [new("B", "2"), new("A", "0"), new("A", "1")] }));

    [Fact]
    public void The_field_that_differs_is_named()
    {
        Assert.Equal("start_cmd", Spec.Difference(Spec with { Arguments = ["a b", "node"] }));
        Assert.Equal("run_path", Spec.Difference(Spec with { RunPath = "/srv/" }));
        Assert.Equal("listening_port", Spec.Difference(Spec with { ListeningPort = 0 }));
        Assert.Equal("env_vars", Spec.Difference(Spec with { Variables = [new("A", "1")] }));
    }

    [Fact]
    public void Bad_input_is_refused_and_named()
    {
        AssertInvalid(SpecRules.Name("").Fault, "process_name");
        AssertInvalid(SpecRules.Name(new string('x', 256)).Fault, "256");
        AssertInvalid(SpecRules.Name("a\0b").Fault, "NUL");
        AssertInvalid(SpecRules.Command("web", []).Fault, "start_cmd");
        AssertInvalid(SpecRules.Command("web", [""]).Fault, "start_cmd");
        AssertInvalid(SpecRules.Command("web", ["a", "b\0"]).Fault, "start_cmd[1]");
        AssertInvalid(SpecRules.Port("web", 65536).Fault, "65536");
        AssertInvalid(SpecRules.RunPath("web", "").Fault, "run_path");
        AssertInvalid(SpecRules.RunPath("web", "srv").Fault, "'srv'");
        AssertInvalid(SpecRules.RunPath("web", "/s\0").Fault, "run_path");
        AssertInvalid(SpecRules.Variables("web", [new("A=B", "")]).Fault, "A=B");
        AssertInvalid(SpecRules.Variables("web", [new("", "")]).Fault, "env_vars");
        AssertInvalid(SpecRules.Variables("web", [new("A", "\0")]).Fault, "'A'");
        AssertInvalid(RunPaths.Check("web", "/proc/self/status").Fault, "not a directory");
        AssertInvalid(RunPaths.Check("web", "/nowhere/at/all").Fault, "does not exist");
        Assert.Null(SpecRules.Name(new string('x', 255)).Fault);
        Assert.Null(SpecRules.Port("web", 65535).Fault);
        Assert.Null(RunPaths.Check("web", "/proc").Fault);
    }

    [Theory]
    [InlineData("web-1.2_x", "web-1.2_x")]
    [InlineData("../etc", "%2E.%2Fetc")]
    [InlineData("a b%", "a%20b%25")]
    [InlineData("é", "%C3%A9")]
    public void A_name_becomes_a_safe_file_name(string name, string file) => Assert.Equal(file, SafeName.Of(name));

    [Fact]
    public void Long_names_stay_short_and_different()
    {
        string one = SafeName.Of(new string('é', 254) + "1");
        string two = SafeName.Of(new string('é', 254) + "2");
        Assert.True(one.Length <= SafeName.MaxLength);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void A_record_comes_back_as_it_was_stored()
    {
        var record = new SpecRecord(Spec, 1234567890123, "boot:1:2", Ended: true);
        SpecRecord read = SpecRecord.Decode(record.Encode())!;
        Assert.True(read.Spec.SameAs(Spec));
        Assert.Equal((record.Spec.Name, record.Generation, record.InitInstance, record.Ended), (read.Spec.Name, read.Generation, read.InitInstance, read.Ended));
    }

    [Fact]
    public void A_record_cut_short_is_none()
    {
        byte[] whole = new SpecRecord(Spec, 1, "i", Ended: false).Encode();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(SpecRecord.Decode(whole.AsMemory(0, length)));
        }
    }

    private static void AssertInvalid(Fault? fault, string names)
    {
        Assert.Equal(FaultKind.InvalidArgument, fault?.Kind);
        Assert.Contains(names, fault!.Detail, StringComparison.Ordinal);
    }
}
