using PvExec.Api.V1;

namespace PvExec.Cli.Calls;

internal static class RunRequests
{
    /// <summary>What one answer of the old call could hold neither holds the task back nor is ever missing, however slowly it is read here.</summary>
    private const ulong KeptHeadBytes = 10 * 1024 * 1024, KeptTailBytes = 1024 * 1024;

    /// <summary>A field's number and the length of what is in it, at most.</summary>
    private const int FieldOverheadBytes = 1 + 5;

    /// <summary>A request with a token of its own: made again, it is the same run.</summary>
    public static RunTaskRequest New(ExecWords words, OnDisconnect onDisconnect)
    {
        var request = new RunTaskRequest
        {
            TaskName = words.Task,
            ClientToken = Guid.NewGuid().ToString("N"),
            OnDisconnect = onDisconnect,
        };
        foreach ((string key, string value) in words.Variables)
        {
            // The last one counts, as for a process that is given a name twice.
            request.Variables[key] = value;
        }

        if (words.Wait)
        {
            request.Lossless = true;
            request.Output = new OutputLimits { HeadBytes = KeptHeadBytes, TailBytes = KeptTailBytes };
        }

        return request;
    }

    /// <summary>How many bytes of standard input the message can hold beside what is in it, 0 at least.</summary>
    public static int RoomForInput(RunTaskRequest request) => Math.Max(0, DaemonCall.MaxMessageBytes - request.CalculateSize() - FieldOverheadBytes);
}
