using System.Text;
using PvExec.Front.Core;
using PvExec.Kernel;

namespace PvExec.Front.Tests.Core;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("/proto.ExecService/Exec", Service.Exec)]
    [InlineData("/proto.ProcessService/ConfigureProcess", Service.Process)]
    [InlineData("/proto.WorktreeService/Save", Service.Worktree)]
    [InlineData("/pvexec.v1.Tasks/Run", Service.Exec)]
    [InlineData("/pvexec.v1.Processes/Watch", Service.Process)]
    [InlineData("/pvexec.v1.Worktrees/ListSnapshots", Service.Worktree)]
    public void The_first_part_of_the_path_names_the_service(string path, Service service) =>
        Assert.Equal((service, service), (Routes.Find(path), Routes.Find(Encoding.UTF8.GetBytes(path))));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/proto.ExecService")]
    [InlineData("proto.ExecService/Exec")]
    [InlineData("/proto.execservice/Exec")]
    [InlineData("/proto.ExecServiceX/Exec")]
    [InlineData("/x/proto.ExecService/Exec")]
    [InlineData("/grpc.health.v1.Health/Check")]
    [InlineData("/proto.ExecSérvice/Exec")]
    [InlineData("/a.name.that.is.longer.than.any.service.that.the.front.may.ever.have.in.its.table/Call")]
    public void Any_other_path_has_no_service(string path) =>
        Assert.Equal((null, null), (Routes.Find(path), Routes.Find(Encoding.UTF8.GetBytes(path))));
}
