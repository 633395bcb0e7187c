using Google.Protobuf.WellKnownTypes;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>A task's directory in the words of <c>pvexec.v1</c>.</summary>
internal static class TaskMessages
{
    public static V1.TaskDescription ToApi(TaskReading reading)
    {
        var message = new V1.TaskDescription { Name = reading.Name.Value };
        if (reading.Readable is { } task)
        {
            message.Directory = task.Directory;
            message.Description = task.Description;
            message.InputScopes.AddRange(task.Scopes.Reads);
            message.OutputScopes.AddRange(task.Scopes.Writes);
            message.HasLog = task.Log is not null;
            message.HasFinish = task.Finish is not null;
            message.Timeout = task.Timeout is { } timeout ? Duration.FromTimeSpan(timeout) : null;
            message.TimeoutKill = Duration.FromTimeSpan(task.TimeoutKill);
            message.TimeoutFinish = Duration.FromTimeSpan(task.TimeoutFinish);
            message.User = task.User?.Text ?? "";
            message.MaxConcurrent = (uint)(task.MaxConcurrent ?? 0);
            message.VariableNames.AddRange(task.Environment.Select(variable => variable.Name));
        }

        message.Faults.AddRange(reading.Faults.Select(fault => new V1.TaskFault { File = fault.File, Line = (uint)fault.Line, Text = fault.Detail }));
        return message;
    }
}
