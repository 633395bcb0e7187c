using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using PvExec.Linux.Trees;

namespace PvExec.Linux.Tests.Trees;

/// <summary>The C compiler knows what the kernel's headers say; our structs have to agree.</summary>
public sealed class StatxLayoutTests
{
    private static readonly string? s_compiler = new[] { "/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc" }.FirstOrDefault(File.Exists);

    [Theory]
    [InlineData("statx_t", "struct statx")]
    [InlineData("statx_timestamp", "struct statx_timestamp")]
    public void A_struct_has_the_size_and_offsets_of_the_header(string ours, string theirs)
    {
        Assert.SkipWhen(s_compiler is null, "there is no C compiler");
        Type type = typeof(Statx).GetNestedType(ours, BindingFlags.NonPublic)!;
        string[] fields = [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => field.Name).Where(name => !name.StartsWith("__", StringComparison.Ordinal))];
        Assert.NotEmpty(fields);

        IEnumerable<long> expected = AskCompiler([$"sizeof({theirs})", .. fields.Select(field => $"offsetof({theirs}, {field})")]);

        IEnumerable<long> actual = [Marshal.SizeOf(type), .. fields.Select(field => Marshal.OffsetOf(type, field).ToInt64())];
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void The_constants_are_those_of_the_headers()
    {
        Assert.SkipWhen(s_compiler is null, "there is no C compiler");
        string[] names = ["AT_SYMLINK_NOFOLLOW", "AT_EMPTY_PATH", "AT_NO_AUTOMOUNT", "AT_FDCWD", "STATX_BASIC_STATS", "STATX_ATTR_MOUNT_ROOT"];
        IEnumerable<long> ours = names.Select(name => Convert.ToInt64(
            typeof(Statx).GetField(name, BindingFlags.Static | BindingFlags.NonPublic)!.GetRawConstantValue(), CultureInfo.InvariantCulture));
        Assert.Equal(AskCompiler(names), ours);
    }

    private static IEnumerable<long> AskCompiler(IReadOnlyList<string> expressions)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("pvx-layout-");
        try
        {
            string source = Path.Combine(directory.FullName, "ask.c"), program = Path.Combine(directory.FullName, "ask");
            File.WriteAllText(source, $$"""
                #define _GNU_SOURCE
                #include <fcntl.h>
                #include <stddef.h>
                #include <stdio.h>
                #include <sys/stat.h>
                int main(void) { {{string.Concat(expressions.Select(e => $"printf(\"%lld\\n\", (long long)({e}));"))}} return 0; }
                """);
            Run(s_compiler!, "-o", program, source);
            return [.. Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
