using System.Diagnostics;
using System.Text;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Tasks;

/// <summary>Runs the tasks of deploy/tasks as they are, on a tree of their own.</summary>
internal sealed class Script : IDisposable
{
    /// <summary>The config root.</summary>
    public static readonly string Tasks = Path.Combine(RepositoryRoot(), "deploy", "tasks");
    private readonly TemporaryDirectory _directory = new();

    public Script() => Directory.CreateDirectory(Root);

    /// <summary>PV_APP_ROOT. What is beside it must never be touched.</summary>
    public string Root => _directory.At("root 'of' \"it\"");

    public string Beside(string name) => _directory.At(name);

    public string At(string path) => Root + "/" + path;

    /// <summary>Puts a file into the tree.</summary>
    public string Put(string path, string text = "text")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        return At(path);
    }

    public ScriptResult Run(string task, params (string Name, string? Value)[] variables) => Run(task, [], variables);

    public ScriptResult Run(string task, byte[] input, params (string Name, string? Value)[] variables) =>
        Execute(Path.Combine(Tasks, task, "run"), [], input, Path.Combine(Tasks, task), [("PV_APP_ROOT", Root), .. variables]);

    /// <summary>Runs any program; its failure fails the test.</summary>
    public static byte[] Tool(string program, string directory, byte[] input, params string[] arguments)
    {
        ScriptResult result = Execute(program, arguments, input, directory, []);
        Assert.True(result.Code == 0, $"{program}: {result.Error}");
        return result.Bytes;
    }

    public void Dispose() => _directory.Dispose();

    private static ScriptResult Execute(string program, string[] arguments, byte[] input, string directory, (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException e)
        {
            // The script refused before it read its input.
            Assert.Contains("Broken pipe", e.Message, StringComparison.Ordinal);
        }

        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        return new ScriptResult(process.ExitCode, output.ToArray(), error.GetAwaiter().GetResult());
    }

    private static string RepositoryRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "PvExec.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("PvExec.sln is not above the tests");
        }

        return directory;
    }
}

internal sealed record ScriptResult(int Code, byte[] Bytes, string Error)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}
