using System.Text;
using PvExec.Front.Core;

namespace PvExec.Front.Tests.Core;

public sealed class GrpcContentTypeTests
{
    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("Application/gRPC")]
    public void These_are_gRPC(string contentType) => Assert.True(GrpcContentType.Matches(Encoding.ASCII.GetBytes(contentType)));

    [Theory]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grp")]
    public void These_are_not(string contentType) => Assert.False(GrpcContentType.Matches(Encoding.ASCII.GetBytes(contentType)));
}
