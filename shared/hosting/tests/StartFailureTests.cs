using PvExec.Hosting.Logging;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Tests;

public sealed class StartFailureTests
{
    [Theory]
    [InlineData(FaultKind.InvalidArgument, 100)]
    [InlineData(FaultKind.NotFound, 100)]
    [InlineData(FaultKind.AlreadyExists, 100)]
    [InlineData(FaultKind.FailedPrecondition, 100)]
    [InlineData(FaultKind.ResourceExhausted, 111)]
    [InlineData(FaultKind.PermissionDenied, 111)]
    [InlineData(FaultKind.Unavailable, 111)]
    [InlineData(FaultKind.DeadlineExceeded, 111)]
    [InlineData(FaultKind.Cancelled, 111)]
    [InlineData(FaultKind.DataLoss, 111)]
    [InlineData(FaultKind.Internal, 111)]
    public void The_exit_code_says_whether_the_command_line_or_the_system_is_to_blame(FaultKind kind, int code) =>
        Assert.Equal(code, StartFailure.ExitCode(kind));

    [Fact]
    public void Every_kind_has_an_exit_code() =>
        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.Contains(StartFailure.ExitCode(kind), new[] { ExitCodes.Usage, ExitCodes.System }));

    [Fact]
    public void A_failure_is_told_in_one_line_that_names_the_program()
    {
        PipePair pipe = PipePair.Open();
        using var ends = pipe.WriteEnd;
        using var reader = new StreamReader(new FileStream(pipe.ReadEnd, FileAccess.Read));

        var lines = new ErrorLines("pv-worktree", new DescriptorStream((int)ends.DangerousGetHandle()));

        Assert.Equal(111, StartFailure.Report(lines, new Fault(FaultKind.DataLoss, "pack 'a'\nis damaged")));
        lines.Flush();
        ends.Dispose();

        Assert.Equal("pv-worktree: pack 'a' is damaged\n", reader.ReadToEnd());
    }
}
