using System.Text;
using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Linux.Trees;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <summary>Whether what runs a task's program is there. No start looks: it is for who checks tasks, and for who was told that a start failed.</summary>
public static class InterpreterCheck
{
    private const string Bash = "bash";

    /// <summary>execvp(3), where there is no PATH.</summary>
    private const string DefaultPath = "/bin:/usr/bin";

    /// <param name="command">The argument vector of a task's program.</param>
    /// <param name="directory">The task's, which relative paths are meant from.</param>
    /// <param name="path">The PATH that the task gets; null for none.</param>
    /// <returns>What is wrong, and what to do; null when nothing is, or none can be told.</returns>
    public static string? Problem(IReadOnlyList<string> command, string directory, string? path)
    {
        if (command is [Bash, _])
        {
            return IsInPath(Bash) ? null : $"has no #! line, so {Bash} runs it, which is not in PATH ({path ?? DefaultPath}): install it, or name an interpreter in a first line such as #!/bin/sh";
        }

        return Of(command[^1]) switch
        {
            null => null,
            { Path: "" } => "names no interpreter behind #!: write one, such as #!/bin/sh",
            { Path: [.., '\r'] } or { Argument: [.., '\r'] } => "ends its first line with a carriage return, which is taken for a part of the interpreter's name or argument: end lines with a newline alone",
            { } interpreter when !IsThere(interpreter.Path) => $"names the interpreter {Quoted.Of(interpreter.Path)}, which does not exist: install it, or name another one behind #!",
            { } interpreter when !MayRun(interpreter.Path) => $"names the interpreter {Quoted.Of(interpreter.Path)}, which is not executable: chmod +x it, or name another one behind #!",
            { IsEnv: true, Program: { } program } env => ProblemOfEnv(env.Path, program),
            _ => null,
        };

        string? ProblemOfEnv(string env, string program) => program switch
        {
            "" => $"names no interpreter behind {env}: write one, such as #!{env} node",
            _ when MayRun(program) && program.Contains('/') => null,
            _ when IsInPath(program) && !program.Contains('/') => null,
            _ when program.Split(' ', '\t') is [var first, _, ..] =>
                $"names the interpreter {Quoted.Of(program)}, all of which {env} takes for one name: write #!{env} -S {program}, or leave out what is behind {Quoted.Of(first)}",
            _ when program.Contains('/') => $"names the interpreter {Quoted.Of(program)}, which does not exist or is not executable: install it, or name another one",
            _ => $"names the interpreter {Quoted.Of(program)}, which is not in PATH ({path ?? DefaultPath}): install it, or give the task another PATH in env/PATH",
        };

        bool IsInPath(string program) => (path ?? DefaultPath).Split(':').Any(place => MayRun((place.Length == 0 ? "." : place) + "/" + program));

        bool IsThere(string file) => Path.Exists(Path.Combine(directory, file));

        bool MayRun(string file) => Path.Combine(directory, file) is var whole && FileAccessCheck.MayExecute(whole) && !Directory.Exists(whole);
    }

    /// <summary>The interpreter of a task's program; null for a compiled one, one that bash runs, and one that cannot be read.</summary>
    public static Interpreter? Of(string file)
    {
        try
        {
            using FileDescriptor program = Opening.Path(Encoding.UTF8.GetBytes(file), OpenFlags.ReadOnly);
            Span<byte> head = stackalloc byte[Interpreter.MaxBytes];
            return Interpreter.Of(head[..FileContent.Read(program, head, 0)]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
