using System.Text;
using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>From the files of a task's directory to its definition, or to everything that is wrong with them.</summary>
public sealed partial class TaskParser
{
    /// <summary>What is wrong with a task's directory that has no <c>run</c>.</summary>
    public const string NoRun = "is missing: a task is a directory with an executable file run";

    private const int MaxDescriptionBytes = 4096;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<TaskFault> _faults = [];

    private TaskParser()
    {
    }

    public static TaskReading Parse(TaskName name, TaskSource source)
    {
        var parser = new TaskParser();
        TaskDefinition definition = parser.Define(name, source);
        return new TaskReading(name, parser._faults.Count == 0 ? definition : null, parser._faults) { Readable = definition };
    }

    private TaskDefinition Define(TaskName name, TaskSource source)
    {
        IReadOnlyList<string> run = Run(source);
        IReadOnlyList<string>? log = Filter(source.Log);
        IReadOnlyList<string>? finish = Finish(source.Finish);
        string[] inputs = Scopes(source.InputScopes);
        string[] outputs = Scopes(source.OutputScopes);
        TaskVariable[] environment = Environment(source.Environment);
        TimeSpan? timeout = Seconds(source.Timeout);
        TimeSpan? timeoutKill = Seconds(source.TimeoutKill);
        TimeSpan? timeoutFinish = Seconds(source.TimeoutFinish);
        TaskUser? user = User(source.User, source.Accounts);
        string description = Description(source.Description);
        TaskLimit? limit = Count(source.MaxConcurrent) is { } most ? new TaskLimit(source.Directory, most) : null;
        return new TaskDefinition(name, source.Directory, run, log, ScopeSet.From(inputs, outputs, limit))
        {
            Finish = finish,
            Environment = environment,
            Timeout = timeout,
            TimeoutKill = timeoutKill ?? TaskDefinition.DefaultTimeoutKill,
            TimeoutFinish = timeoutFinish ?? TaskDefinition.DefaultTimeoutFinish,
            User = user,
            Description = description,
        };
    }

    private IReadOnlyList<string> Run(TaskSource source)
    {
        if (source.Run is null)
        {
            _faults.Add(new TaskFault(FaultKind.NotFound, source.Directory + "/run", 1, NoRun));
            return [];
        }

        return Command(source.Run);
    }

    /// <summary>Without an executable bit it is none: task directories of old may hold a log that is a log.</summary>
    private IReadOnlyList<string>? Filter(ProgramFile? log) =>
        log is null or { State: ProgramState.NotAFile or ProgramState.NotExecutable } ? null : Command(log);

    private IReadOnlyList<string>? Finish(ProgramFile? finish) => finish is null ? null : Command(finish);

    private IReadOnlyList<string> Command(ProgramFile file)
    {
        if (file.Problem is not { } problem)
        {
            return file.Command;
        }

        Wrong(file.Path, 1, problem);
        return [];
    }

    private string[] Scopes(SettingFile? file)
    {
        if (file is null || !IsReadable(file, ScopeFile.MaxBytes))
        {
            return [];
        }

        var scopes = new List<string>();
        foreach (SettingLine line in SettingLine.Of(Encoding.UTF8.GetString(file.Content.Span)))
        {
            if (ScopeName.Parse(line.Text).TryGet(out ScopeName scope, out Fault? fault))
            {
                scopes.Add(scope.Value);
            }
            else
            {
                Wrong(file.Path, line.Number, fault.Detail);
            }
        }

        return [.. scopes];
    }

    private string Description(SettingFile? file)
    {
        if (file is null || !IsReadable(file, MaxDescriptionBytes))
        {
            return "";
        }

        string text = Encoding.UTF8.GetString(file.Content.Span).ReplaceLineEndings("\n");

        int odd = Array.FindIndex(text.ToCharArray(), c => char.IsControl(c) && c is not ('\n' or '\t'));
        if (odd >= 0)
        {
            Wrong(file.Path, text.AsSpan(0, odd).Count('\n') + 1, $"holds the control character \\x{(int)text[odd]:X2}: take it out");
        }

        return text.Trim().Trim('\uFEFF');
    }

    private bool IsReadable(SettingFile file, int maxBytes = SettingFile.MaxBytes)
    {
        string? problem = file.Problem ?? (file.Content.Length > maxBytes ? $"is larger than {maxBytes} bytes: shorten it" : null);
        if (problem is not null)
        {
            Wrong(file.Path, 1, problem);
        }

        return problem is null;
    }

    private void Wrong(string file, int line, string detail) => _faults.Add(new TaskFault(FaultKind.FailedPrecondition, file, line, detail));
}
