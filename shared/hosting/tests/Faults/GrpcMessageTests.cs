using PvExec.Hosting.Faults;

namespace PvExec.Hosting.Tests.Faults;

public sealed class GrpcMessageTests
{
    [Theory]
    [InlineData("no service answers to '/x'", "no service answers to '/x'")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ü", "%C3%BC")]
    public void All_but_printable_ASCII_is_escaped(string text, string header) => Assert.Equal(header, GrpcMessage.Encode(text));
}
