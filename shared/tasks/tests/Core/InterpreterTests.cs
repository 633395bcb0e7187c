using System.Text;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class InterpreterTests
{
    [Theory]
    [InlineData("#!/bin/sh", "/bin/sh", "")]
    [InlineData("#! \t/bin/sh  -e \nrest", "/bin/sh", "-e")]
    [InlineData("#!/usr/bin/env node --flag\n", "/usr/bin/env", "node --flag")]
    [InlineData("#!/bin/sh\r\n", "/bin/sh\r", "")]
    [InlineData("#!\n/bin/sh", "", "")]
    public void The_first_line_is_a_path_and_one_argument(string text, string path, string argument) =>
        Assert.Equal(new Interpreter(path, argument), Interpreter.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData(" #!/bin/sh")]
    [InlineData("\u007fELF")]
    public void Nothing_else_has_one(string text) => Assert.Null(Interpreter.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_name_that_goes_on_behind_what_the_kernel_looks_at_is_not_known() =>
        Assert.Null(Interpreter.Of(Encoding.UTF8.GetBytes("#!/" + new string('n', Interpreter.MaxBytes - 3))));

    [Theory]
    [InlineData("node", "node")]
    [InlineData("node --flag", "node --flag")]
    [InlineData("-S node --flag", "node")]
    [InlineData("-Snode", "node")]
    [InlineData("-S A=b  node", "node")]
    [InlineData("", "")]
    [InlineData("-S", "")]
    [InlineData("-i", null)]
    [InlineData("A=b", null)]
    [InlineData("-S -i node", null)]
    [InlineData("-S '${HOME}/node'", null)]
    [InlineData("-S PATH=/opt/node/bin:${PATH} node", null)]
    public void Env_runs_its_argument_or_the_first_word_of_it(string argument, string? program) =>
        Assert.Equal(program, new Interpreter("/usr/bin/env", argument).Program);
}
