namespace PvExec.Hosting.Tests.Faults;

public sealed class MessageLimitTests
{
    private static readonly string s_most = "7".PadLeft(NumbersServer.MaxBytes, '0');

    [Theory]
    [InlineData("One")]
    [InlineData("Down")]
    [InlineData("Up")]
    [InlineData("Both")]
    public async Task A_message_of_the_limit_is_served_and_a_larger_one_is_told_the_limit_and_what_to_do(string method)
    {
        await using NumbersServer server = await NumbersServer.StartAsync("send several");

        (string served, _, string body) = await server.CallAsync(method, s_most);
        (string status, string message, _) = await server.CallAsync(method, s_most + "0");

        Assert.Equal(("0", "7"), (served, body));
        Assert.Equal("8", status);
        Assert.Equal($"/test.Numbers/{method}: at most 2097152 bytes (2 MiB) are taken in one message, and this one is larger: send several", message);
    }

    [Theory]
    [InlineData("Up", "")]
    [InlineData("Echo", "1")]
    public async Task So_it_is_with_a_later_message_of_a_stream_also_when_the_answer_has_begun(string method, string answered)
    {
        await using NumbersServer server = await NumbersServer.StartAsync();

        (string status, string message, string body) = await server.CallAsync(method, "1", s_most + "0");

        Assert.Equal(("8", answered), (status, body));
        Assert.Equal($"/test.Numbers/{method}: at most 2097152 bytes (2 MiB) are taken in one message, and this one is larger", message);
    }
}
