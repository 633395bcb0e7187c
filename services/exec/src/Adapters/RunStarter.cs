using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Tasks;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Adapters;

/// <summary>Starts a run's processes through pv-init, with pipes for their output.</summary>
/// <remarks>
/// pv-init keeps the read ends with the process that was started first: while that one is not acknowledged, no
/// writer is ever without a reader, whatever happens to this service.
/// </remarks>
public sealed class RunStarter(IInit init, OutputPump pump)
{
    public const string StandardPipe = "stdout";
    public const string ErrorPipe = "stderr";

    private const int Kill = 9;

    /// <summary>Starts <c>log</c>, if there is one, and then <c>run</c>: when the filter cannot be started, nothing has run.</summary>
    /// <param name="environment">The whole of it, as <c>NAME=value</c>.</param>
    public async Task<Outcome<RunProcesses>> StartAsync(Run run, TaskDefinition task, IReadOnlyList<string> environment, ReadOnlyMemory<byte> input)
    {
        if (task.User is { } user)
        {
            return new Fault(FaultKind.FailedPrecondition, $"task '{task.Name}' cannot be started: its file user asks for '{user}', and tasks run as the daemon's user only: remove the file");
        }

        using var files = new RunFiles();
        PumpedPipe[] pipes;
        try
        {
            files.Open(input.Span, task.Log is not null);
            pipes =
            [
                pump.Add(files.Output!.Value.ReadEnd, OutputStream.Standard, run.Output),
                pump.Add(files.Error!.Value.ReadEnd, OutputStream.Error, run.Output),
            ];
        }
        catch (IOException e)
        {
            return new Fault(FaultKind.ResourceExhausted, $"task '{task.Name}' cannot be started: {e.Message}");
        }

        KeptDescriptor[] kept = [new(StandardPipe, files.Output.Value.ReadEnd), new(ErrorPipe, files.Error.Value.ReadEnd)];
        var processes = new List<RunProcess>(2);
        if (task.Log is not null)
        {
            Outcome<Child> log = await Spawn(RunRole.Log, task.Log, files.Between!.Value.ReadEnd, files.Output.Value.WriteEnd, kept);
            if (!log.TryGet(out Child? filter, out Fault? fault))
            {
                return Failed(fault);
            }

            processes.Add(new RunProcess(RunRole.Log, filter));
            kept = [];
        }

        Outcome<Child> started = await Spawn(RunRole.Run, task.Run, files.Input, (files.Between ?? files.Output.Value).WriteEnd, kept);
        if (!started.TryGet(out Child? child, out Fault? runFault))
        {
            await EndAsync(processes);
            return Failed(runFault);
        }

        processes.Add(new RunProcess(RunRole.Run, child));
        return new RunProcesses(init, processes, pipes);

        ValueTask<Outcome<Child>> Spawn(RunRole role, IReadOnlyList<string> arguments, SafeFileHandle? standardInput, SafeFileHandle output, KeptDescriptor[] keep)
        {
            DescriptorMapping[] descriptors = standardInput is null
                ? [new(output, 1), new(files.Error.Value.WriteEnd, 2)]
                : [new(standardInput, 0), new(output, 1), new(files.Error.Value.WriteEnd, 2)];
            return init.SpawnAsync(
                new SpawnSpec
                {
                    Label = role == RunRole.Run ? run.Id.Value : run.Id.Value + "/log",
                    State = new RunNote(run.Id, role, run.Task, run.Scopes, run.Requested) { Timeouts = run.Timeouts }.ToBytes(),
                    Arguments = arguments,
                    Environment = environment,
                    WorkingDirectory = task.Directory,
                    Descriptors = descriptors,
                    Kept = keep,
                },
                CancellationToken.None);
        }

        Fault Failed(Fault fault) => new(fault.Kind, $"task '{task.Name}' cannot be started: {fault.Detail}");
    }

    /// <summary>Takes up the processes of a run that an earlier instance of this service started.</summary>
    public RunProcesses Adopt(IReadOnlyList<RunProcess> processes, IOutputSink sink)
    {
        var pipes = new List<PumpedPipe>(2);
        foreach (RunProcess process in processes)
        {
            foreach ((string name, var handle) in process.Child.Kept)
            {
                pipes.Add(pump.Add(handle, name == ErrorPipe ? OutputStream.Error : OutputStream.Standard, sink));
            }
        }

        return new RunProcesses(init, processes, pipes);
    }

    /// <summary>The filter of a run that could not be started: nothing will ever come to it.</summary>
    private async Task EndAsync(IReadOnlyList<RunProcess> processes)
    {
        foreach (RunProcess process in processes)
        {
            (await init.SignalAsync(process.Child, Kill, SignalScope.Tree, CancellationToken.None)).Succeeded(out _);
            await process.Child.Exited;
            await init.AcknowledgeAsync(process.Child, CancellationToken.None);
        }
    }
}
