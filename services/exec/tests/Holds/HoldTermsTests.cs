using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Holds;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Holds;

public sealed class HoldTermsTests
{
    public static TheoryData<string, Action<V1.HoldScopesRequest>> Wrong => new()
    {
        { "name at least one scope", request => request.InputScopes.Clear() },
        { "''", request => request.OutputScopes.Add("") },
        { "'..'", request => request.OutputScopes.Add("a/../b") },
        { "NUL", request => request.InputScopes.Add("a\0") },
        { "longer than 4096 bytes", request => request.InputScopes.Add(new string('x', 4097)) },
        { "1025 scopes", request => request.InputScopes.Add(Enumerable.Repeat("src", HoldTerms.MaxScopes)) },
        { "holder is empty", request => request.Holder = " " },
        { "holder 'xxx", request => request.Holder = new string('x', HoldTerms.MaxHolderBytes + 1) },
        { "reason is empty", request => request.Reason = "" },
        { "reason 'xxx", request => request.Reason = new string('x', HoldTerms.MaxReasonBytes + 1) },
        { "reason 'a\\x00' holds a NUL", request => request.Reason = "a\0" },
        { "wait_limit of -1 s", request => request.WaitLimit = new Duration { Seconds = -1 } },
        { "wait_limit of 1 s and -5 ns", request => request.WaitLimit = new Duration { Seconds = 1, Nanos = -5 } },
        { "wait_limit of 2592001 s", request => request.WaitLimit = new Duration { Seconds = 2_592_001 } },
        { "wait_limit of 9223372036854775807 s", request => request.WaitLimit = new Duration { Seconds = long.MaxValue } },
        { "hold_limit of 0 s", request => request.HoldLimit = new Duration() },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_makes_no_sense_is_refused_by_name(string reason, Action<V1.HoldScopesRequest> spoil)
    {
        V1.HoldScopesRequest request = Good();
        spoil(request);

        Fault? fault = HoldTerms.Parse(request).Fault;

        Assert.Equal(FaultKind.InvalidArgument, fault?.Kind);
        Assert.Contains(reason, fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_may_be_any_text_and_a_limit_may_be_missing()
    {
        V1.HoldScopesRequest request = Good();
        request.OutputScopes.Add("!!");
        HoldTerms terms = HoldTerms.Parse(request).Value;
        Assert.Equal("writes !!, reads src", terms.Scopes.ToString());
        Assert.Equal((null, null), (terms.WaitLimit, terms.HoldLimit));
    }

    [Fact]
    public void A_wait_of_nothing_and_the_longest_limits_are_taken()
    {
        V1.HoldScopesRequest request = Good();
        request.WaitLimit = new Duration();
        request.HoldLimit = new Duration { Seconds = 2_592_000 };
        HoldTerms terms = HoldTerms.Parse(request).Value;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromDays(30)), (terms.WaitLimit, terms.HoldLimit));
    }

    private static V1.HoldScopesRequest Good() => new() { InputScopes = { "src" }, Holder = "me", Reason = "a look around" };
}
