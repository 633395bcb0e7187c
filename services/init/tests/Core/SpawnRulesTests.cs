using System.Text;
using PvExec.Init.Core;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Core;

public class SpawnRulesTests
{
    private static readonly Spawn Sound = new("run-1", [], [B("true")], [B("PATH=/bin")], B("/"), 0, [1, 2], ["out"]);

    private static readonly SpawnAttributes All = new()
    {
        Uid = 0,
        Gid = uint.MaxValue - 1,
        Groups = [0, 4_000_000_000],
        Limits = [new ResourceLimit(7, 10, ResourceLimit.Unlimited), new ResourceLimit(15, ResourceLimit.Unlimited, ResourceLimit.Unlimited)],
        Nice = -20,
        OomScore = 1000,
        Umask = 0x1ff,
        NoNewPrivileges = true,
        Terminal = 2,
        OwnCgroup = false,
    };

    [Fact]
    public void A_sound_spawn_has_no_problem()
    {
        Assert.Null(Problem(Sound));
        Assert.Null(Problem(Sound with { Attributes = All }));
        Assert.Null(Problem(Sound with { Grouping = 2, Attributes = All with { Terminal = null, Groups = [] } }));
    }

    [Fact]
    public void Every_fault_is_named_with_its_field()
    {
        (Spawn, string)[] faulty =
        [
            (Sound with { Arguments = [] }, "arguments"),
            (Sound with { Arguments = [[]] }, "arguments"),
            (Sound with { Arguments = [B("a\0b")] }, "arguments"),
            (Sound with { Environment = [B("A=\0")] }, "environment"),
            (Sound with { WorkingDirectory = B("tmp") }, "directory"),
            (Sound with { WorkingDirectory = [] }, "directory"),
            (Sound with { WorkingDirectory = B("/a\0") }, "directory"),
            (Sound with { State = new byte[InitProtocol.MaxStateBytes + 1] }, "state"),
            (Sound with { Grouping = 3 }, "grouping 3"),
            (Sound with { Grouping = -1 }, "grouping -1"),
            (Sound with { Targets = [1, 1] }, "target 1"),
            (Sound with { Targets = [1, -1] }, "target -1"),
            (Sound with { Targets = [1, 1024] }, "target 1024"),
            (Sound with { Targets = [1] }, "targets"),
            (With(All with { Uid = uint.MaxValue }), "uid"),
            (With(All with { Gid = uint.MaxValue }), "gid"),
            (With(All with { Groups = [uint.MaxValue] }), "groups"),
            (With(All with { Groups = new uint[65_537] }), "groups"),
            (With(All with { Limits = [new ResourceLimit(16, 1, 1)] }), "resource 16"),
            (With(All with { Limits = [new ResourceLimit(-1, 1, 1)] }), "resource -1"),
            (With(All with { Limits = [new ResourceLimit(10, 1, 1)] }), "pv-init uses itself"),
            (With(All with { Limits = [new ResourceLimit(7, 1, 1), new ResourceLimit(7, 1, 1)] }), "resource 7 twice"),
            (With(All with { Limits = [new ResourceLimit(7, 2, 1)] }), "limits with 2 and 1"),
            (With(All with { Limits = [new ResourceLimit(7, ResourceLimit.Unlimited, 1)] }), "limits with -1 and 1"),
            (With(All with { Limits = [new ResourceLimit(7, -2, -2)] }), "limits with -2"),
            (With(All with { Nice = 20 }), "nice 20"),
            (With(All with { OomScore = -1001 }), "oom_score_adj -1001"),
            (With(All with { Umask = 0x200 }), "umask 1000"),
            (With(All with { Terminal = 3 }), "terminal 3"),
            (With(All with { Terminal = -1 }), "terminal -1"),
            (With(All) with { Grouping = 1 }, "grouping 1"),
        ];
        Assert.All(faulty, one =>
        {
            string problem = Problem(one.Item1) ?? "nothing";
            Assert.StartsWith("'run-1' has ", problem);
            Assert.Contains(one.Item2, problem);
        });
        Assert.Contains("2 descriptors", SpawnRules.Problem(Views.Of(Sound), 2));
    }

    [Fact]
    public void A_mark_is_the_childs_own_and_no_infinity()
    {
        var mark = new DescendantMark(uint.MaxValue);
        Assert.NotEqual(mark.Of(1), mark.Of(2));
        Assert.NotEqual(mark.Of(1), new DescendantMark(7).Of(1));
        Assert.True(mark.Of(ulong.MaxValue) <= long.MaxValue);
    }

    private static Spawn With(SpawnAttributes attributes) => Sound with { Attributes = attributes };

    private static string? Problem(Spawn spawn) => SpawnRules.Problem(Views.Of(spawn), 3);

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);
}
