using System.Text;
using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>A task's directory, relative to a config root: segments with slashes between them, none of which leads out.</summary>
public readonly record struct TaskName
{
    /// <summary>PATH_MAX.</summary>
    public const int MaxBytes = 4096;

    /// <summary>NAME_MAX.</summary>
    public const int MaxSegmentBytes = 255;

    private const string Listing = "no task can be called that: 'pv_exec tasks list' says which there are";

    private TaskName(string value) => Value = value;

    public string Value { get; }

    /// <summary>The name as a caller gave it, or a fault that says what is wrong with it.</summary>
    public static Outcome<TaskName> Parse(string text)
    {
        if (text.Length == 0)
        {
            return Wrong("the task name is empty: name a directory below a config root, such as common/file_read");
        }

        if (text.Contains('\0'))
        {
            return Wrong($"task name {Quoted.Of(text)} holds a NUL byte");
        }

        if (text[0] == '/')
        {
            return Wrong($"task name {Quoted.Of(text)} is absolute: name a directory below a config root");
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return Wrong($"task name {Quoted.Of(text)} is longer than {MaxBytes} bytes: {Listing}");
        }

        foreach (string segment in text.Split('/'))
        {
            if (segment.Length == 0)
            {
                return Wrong($"task name {Quoted.Of(text)} has an empty segment: write one slash between names and none at the end");
            }

            if (segment is "." or "..")
            {
                return Wrong($"task name {Quoted.Of(text)} has the segment '{segment}': name a directory below a config root");
            }

            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            {
                return Wrong($"task name {Quoted.Of(text)} has a segment longer than {MaxSegmentBytes} bytes: {Listing}");
            }
        }

        return new TaskName(text);
    }

    public override string ToString() => Value;

    private static Fault Wrong(string detail) => new(FaultKind.InvalidArgument, detail);
}
