using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <content>
/// A run with a token keeps its place in the queues, whatever becomes of this service: its caller knows that it was accepted, or will ask again.
/// </content>
public sealed partial class RunEngine
{
    /// <summary>Another instance has all that is to come: what was asked for takes no memory of this one, which may stay for its calls. Call it when the gate is closed.</summary>
    public void ForgetRequests()
    {
        foreach (LiveRun live in _live.Values)
        {
            live.Request = null;
        }

        notes.Dispose();
    }

    /// <summary>It is to be noted: whoever comes for it is told that it is accepted when it has been.</summary>
    private static void ToNote(LiveRun live, RunRequest request)
    {
        if (request.Token is not null)
        {
            live.ToNote = request;
            live.Noting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            live.Run.Noted = live.Noting.Task;
        }
    }

    /// <summary>Writes it down, input and all, while nothing is locked that others wait for.</summary>
    private void Note(LiveRun live)
    {
        if (live.ToNote is not { } request)
        {
            return;
        }

        live.ToNote = null;
        Run run = live.Run;
        try
        {
            if (notes.Add(new WaitingRun(live.Order, run.Id, run.Requested, request)) && run.Input?.SetAside(request.Input.Length) != false)
            {
                live.IsInputNoted = true;
                live.Request = request with { Input = ReadOnlyMemory<byte>.Empty };
            }

            // By one who came for it too, and went.
            if (run.State == RunState.Withdrawn)
            {
                ForgetNote(live);
            }
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            // It is started in its turn all the same.
            ExecLog.WaitingNotNoted(log, run.Id, run.Task, e.Message);
        }
        finally
        {
            live.Noting!.SetResult();
        }
    }

    /// <summary>It waits no more.</summary>
    private void ForgetNote(LiveRun live)
    {
        if (live.Noting is not null)
        {
            notes.Remove(live.Run.Id);
        }
    }

    private ReadOnlyMemory<byte> InputOf(LiveRun live, RunRequest request) =>
        !live.IsInputNoted ? request.Input
        : notes.TryReadInput(live.Run.Id, out byte[]? input) ? input
        : throw new InvalidOperationException($"the input of run {live.Run.Id} is not noted any more");
}
