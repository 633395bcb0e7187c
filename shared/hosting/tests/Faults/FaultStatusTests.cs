using Grpc.Core;
using PvExec.Hosting.Faults;
using PvExec.Kernel;

namespace PvExec.Hosting.Tests.Faults;

public sealed class FaultStatusTests
{
    public static TheoryData<FaultKind> Kinds => [.. Enum.GetValues<FaultKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_the_status_of_its_name_and_keeps_its_detail(FaultKind kind)
    {
        RpcException failure = new Fault(kind, "no task 'x'").ToRpcException();

        Assert.Equal(kind.ToString(), failure.StatusCode.ToString());
        Assert.Equal("no task 'x'", failure.Status.Detail);
    }

    [Fact]
    public void A_number_that_is_no_kind_is_a_bug() => Assert.ThrowsAny<InvalidOperationException>(() => FaultStatus.Code((FaultKind)999));
}
