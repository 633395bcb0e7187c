namespace PvExec.Hosting.Tests.Faults;

public sealed class ReadableMethodsTests
{
    [Theory]
    [InlineData("One")]
    [InlineData("Down")]
    [InlineData("Up")]
    [InlineData("Both")]
    public async Task A_request_that_can_be_read_is_served(string method)
    {
        await using NumbersServer server = await NumbersServer.StartAsync();

        (string status, _, string body) = await server.CallAsync(method, "42");

        Assert.Equal(("0", "42"), (status, body));
        Assert.Empty(server.Lines);
    }

    [Theory]
    [InlineData("One")]
    [InlineData("Down")]
    [InlineData("Up")]
    [InlineData("Both")]
    public async Task Bytes_that_are_no_message_are_INVALID_ARGUMENT_with_the_method_and_one_line_in_the_log(string method)
    {
        await using NumbersServer server = await NumbersServer.StartAsync();

        (string status, string message, _) = await server.CallAsync(method, "no number");

        Assert.Equal("3", status);
        Assert.StartsWith($"/test.Numbers/{method}: the request is no String: ", message, StringComparison.Ordinal);
        Assert.StartsWith($"/test.Numbers/{method} got a request that is no message of its own: ", Assert.Single(server.Lines), StringComparison.Ordinal);
    }
}
