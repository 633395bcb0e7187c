using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>What callers give to runs while these wait and run.</content>
public sealed partial class RunEngine
{
    /// <summary>Gives a run as much of its standard input as there is room for; <see cref="IRunInput.Changes"/> tells when there is more.</summary>
    /// <returns>How many bytes were taken, or null when a new instance of this service has to be given all of it.</returns>
    public int? GiveInput(IRunInput input, ReadOnlySpan<byte> bytes)
    {
        if (!gate.TryEnter())
        {
            return null;
        }

        try
        {
            return input.Take(bytes);
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>The end of a run's input.</summary>
    /// <returns>False when a new instance of this service has to be told.</returns>
    public bool CloseInput(IRunInput input) => Tell(input.Close);

    /// <summary>The window of a run's terminal has another size.</summary>
    /// <returns>False when a new instance of this service has to be told.</returns>
    public bool ResizeTerminal(IRunInput input, int columns, int rows) => Tell(() => input.Resize(columns, rows));

    private bool Tell(Action change)
    {
        if (!gate.TryEnter())
        {
            return false;
        }

        try
        {
            change();
            return true;
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>Takes the first of what comes bit by bit, so that the rest can follow while the run waits.</summary>
    /// <returns>Why it cannot, or null.</returns>
    private Fault? OpenInput(Run run, TaskDefinition task, RunRequest request)
    {
        if (request.Interaction is not { } interaction)
        {
            return null;
        }

        if (interaction.Terminal is not null && task.Log is not null)
        {
            return new Fault(
                FaultKind.FailedPrecondition,
                $"task '{task.Name}' has a filter 'log', which would have to be what is on the terminal: run it without a terminal, or take the filter away");
        }

        try
        {
            run.Input = starter.OpenInput(interaction, request.Input.Span);
            return null;
        }
        catch (IOException e)
        {
            return new Fault(FaultKind.ResourceExhausted, $"task '{task.Name}' cannot be given its input: {e.Message}");
        }
    }

    /// <summary>What has come of the input is in the run's own file: no need to hold it twice while the run waits.</summary>
    private static RunRequest WithoutInput(RunRequest request, Run run) => run.Input is null ? request : request with { Input = ReadOnlyMemory<byte>.Empty };

    /// <summary>The request as if all input that has come so far had been in it.</summary>
    private RunRequest WithInput(LiveRun live, RunRequest request)
    {
        if (live.Run.Input is not { } input)
        {
            return request with { Input = InputOf(live, request) };
        }

        byte[] rest = input.Rest();
        InputOf(live, request).CopyTo(rest);
        return request with { Input = rest, Interaction = new Interaction(input.Terminal) { IsClosed = input.IsClosed } };
    }
}
