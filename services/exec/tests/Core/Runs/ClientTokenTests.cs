using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Core.Runs;

public sealed class ClientTokenTests
{
    private static readonly RunRequest s_request = Request("task", "input", ("A", "1"), ("B", "2"));

    public static TheoryData<string> Others => ["another task", "another value", "another name", "a variable less", "a variable more", "another input", "a part moved"];

    [Fact]
    public void The_same_request_has_the_same_fingerprint_whatever_the_order_of_its_variables() =>
        Assert.Equal(Token(s_request), Token(Request("task", "input", ("B", "2"), ("A", "1"))));

    [Fact]
    public void Of_two_values_of_a_variable_the_later_counts() =>
        Assert.Equal(Token(s_request), Token(Request("task", "input", ("B", "x"), ("A", "1"), ("B", "2"))));

    [Theory]
    [MemberData(nameof(Others))]
    public void Any_other_request_has_another(string which)
    {
        RunRequest other = which switch
        {
            "another task" => Request("tasks", "input", ("A", "1"), ("B", "2")),
            "another value" => Request("task", "input", ("A", "1"), ("B", "3")),
            "another name" => Request("task", "input", ("A", "1"), ("C", "2")),
            "a variable less" => Request("task", "input", ("A", "1")),
            "a variable more" => Request("task", "input", ("A", "1"), ("B", "2"), ("C", "")),
            "another input" => Request("task", "input2", ("A", "1"), ("B", "2")),
            _ => Request("task", "input", ("A", "1B"), ("", "2")),
        };

        Assert.NotEqual(Token(s_request), Token(other));
    }

    [Fact]
    public void No_text_is_no_token() => Assert.Null(ClientToken.Of("", s_request).Value);

    [Fact]
    public void A_text_that_is_too_long_is_refused_with_its_length_in_bytes()
    {
        Assert.NotNull(ClientToken.Of(new string('ü', 64), s_request).Value);

        Fault fault = ClientToken.Of(new string('ü', 64) + "x", s_request).Fault!;
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains("129 bytes", fault.Detail, StringComparison.Ordinal);
    }

    private static ClientToken Token(RunRequest request) => ClientToken.Of("t", request).Value!;

    private static RunRequest Request(string task, string input, params (string Name, string Value)[] variables) => new(
        task, [.. variables.Select(variable => new KeyValuePair<string, string>(variable.Name, variable.Value))], System.Text.Encoding.UTF8.GetBytes(input), 0);
}
