using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Tasks;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters;

/// <summary>Starts a run's processes through pv-init, with pipes for their output.</summary>
/// <remarks>
/// pv-init keeps the read ends, and the files that the output is moved to, with the process that was started first: while
/// that one is not acknowledged, no writer is ever without a reader and no output is lost, whatever happens to this service.
/// </remarks>
public sealed partial class RunStarter(IInit init, OutputPump pump, RunInputs inputs) : IDisposable
{
    private const int Kill = 9;

    /// <summary>Where pv-init's own output goes: a container's log, or its terminal.</summary>
    private static readonly SafeFileHandle OwnOutput = new(1, ownsHandle: false), OwnError = new(2, ownsHandle: false);

    private readonly SpareOutput _spare = new();

    public void Dispose() => _spare.Dispose();

    /// <summary>For a run that is to be started.</summary>
    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public IRunInput OpenInput(Interaction interaction, ReadOnlySpan<byte> first) => inputs.Create(interaction, first);

    /// <summary>Starts <c>log</c>, if there is one, and then <c>run</c>: when the filter cannot be started, nothing has run.</summary>
    /// <param name="environment">The whole of it, as <c>NAME=value</c>.</param>
    /// <param name="input">All of it; of a run that is given more, what was set aside of its first bytes.</param>
    /// <param name="directory">Where its output is kept on disk; null: in memory.</param>
    public async Task<Outcome<RunProcesses>> StartAsync(Run run, TaskDefinition task, IReadOnlyList<string> environment, ReadOnlyMemory<byte> input, string? directory)
    {
        using var files = new RunFiles(directory, _spare);
        PumpedPipe[] pipes;
        RunJournal? journal = null;
        try
        {
            var finish = FinishPlan.Of(task, environment);
            journal = finish is not null || task.Timeout is not null || directory is not null ? RunJournal.Create(finish, directory is not null) : null;
            Note(run.Output, journal);
            if (run.Input is InputFeed feed)
            {
                feed.PutBack(input.Span);
                files.Open(feed, task.Log is not null, task.User?.Uid);
            }
            else
            {
                files.Open(input.Span, task.Log is not null);
            }

            pipes = files.Record(pump, run.Output);
        }
        catch (IOException e)
        {
            journal?.Dispose();
            return directory is null
                ? new Fault(FaultKind.ResourceExhausted, $"task '{task.Name}' cannot be started: {e.Message}")
                : new Fault(FaultKind.FailedPrecondition, $"task '{task.Name}' cannot be started with its output on disk: {e.Message}: see that the daemon may write to {directory}, or name another directory with --output-dir");
        }

        if (files.KeepInput(inputs, run.Id).Fault is { } notKept)
        {
            return Failed(notKept);
        }

        SafeFileHandle output = run.IsMain ? OwnOutput : files.Output, error = run.IsMain ? OwnError : files.Error;
        KeptDescriptor[] kept = journal is null ? files.Kept : [.. files.Kept, new(RunFiles.Journal, journal.Handle)];
        var processes = new List<RunProcess>(2);
        if (task.Log is not null)
        {
            Outcome<Child> log = await Spawn(RunRole.Log, task.Log, files.Between!.Value.ReadEnd, output, kept);
            if (!log.TryGet(out Child? filter, out Fault? fault))
            {
                files.ForgetInput(inputs, run.Id);
                return Failed(fault, task.Log);
            }

            processes.Add(new RunProcess(RunRole.Log, filter));
            kept = [];
        }

        Outcome<Child> started = await Spawn(RunRole.Run, task.Run, files.Input, files.Between?.WriteEnd ?? output, kept);
        if (!started.TryGet(out Child? child, out Fault? runFault))
        {
            files.ForgetInput(inputs, run.Id);
            await EndAsync(processes);
            return Failed(runFault, task.Run);
        }

        processes.Add(new RunProcess(RunRole.Run, child));
        files.StartInput(inputs, run.Id);
        return new RunProcesses(init, processes, pipes) { Journal = journal, ErrorFile = files.ErrorFile };

        ValueTask<Outcome<Child>> Spawn(RunRole role, IReadOnlyList<string> arguments, SafeFileHandle? standardInput, SafeFileHandle standardOutput, KeptDescriptor[] keep)
        {
            DescriptorMapping[] descriptors = standardInput is null
                ? [new(standardOutput, 1), new(error, 2)]
                : [new(standardInput, 0), new(standardOutput, 1), new(error, 2)];
            ValueTask<Outcome<Child>> starting = init.SpawnAsync(
                new SpawnSpec
                {
                    Label = role == RunRole.Run ? run.Id.Value : run.Id.Value + "/log",
                    State = RunNote.Of(run, role).ToBytes(),
                    Arguments = arguments,
                    Environment = environment,
                    WorkingDirectory = task.Directory,
                    Descriptors = descriptors,
                    Kept = keep,
                    ControllingTerminal = run.Input?.Terminal is null ? null : 0,
                    Uid = task.User?.Uid,
                    Gid = task.User?.Gid,
                    Groups = task.User?.Groups,

                    // A slow disk must not keep anybody from hearing of another run.
                    GoesOnAtOnce = directory is null,
                },
                CancellationToken.None);
            _spare.Prepare();
            return starting;
        }

        Fault Failed(Fault fault, IReadOnlyList<string>? program = null)
        {
            journal?.Dispose();
            string detail = program is null ? fault.Detail : StartFault.Describe(fault, program, environment, task.Directory, task.User);
            return new Fault(fault.Kind, $"task '{task.Name}' cannot be started: {detail}");
        }
    }

    /// <summary>Takes up the processes of a run that an earlier instance of this service started, what they wrote to it and what it has for them.</summary>
    /// <remarks>What of its output or its input cannot be used is left out, and named in <see cref="RunProcesses.NotTakenUp"/>: the processes are there all the same.</remarks>
    public RunProcesses Adopt(IReadOnlyList<RunProcess> processes, Run run)
    {
        RunOutput output = run.Output;

        // The filter first: so they are acknowledged, and one that is alone was left alone before `run` was started.
        RunProcess[] own = [.. processes.Where(process => process.Role != RunRole.Finish).OrderByDescending(process => process.Role)];
        var kept = own.SelectMany(process => process.Child.Kept).ToDictionary(one => one.Key, one => one.Value);
        bool wereOver = own.Concat(processes.Where(process => process.Role == RunRole.Finish).Take(1)).All(process => process.Child.Exited.IsCompleted);
        var notTakenUp = new List<string>();
        RunJournal? journal = Try("its journal", () =>
        {
            RunJournal? noted = kept.TryGetValue(RunFiles.Journal, out SafeHandle? written) ? RunJournal.Open(written) : null;
            output.IsOnDisk = noted is { IsOnDisk: true };
            return noted;
        });
        StreamFile? standard = Try("its output", () => Stored(kept, RunFiles.StandardStore, output.IsOnDisk));
        StreamFile? error = Try("its standard error", () => Stored(kept, RunFiles.ErrorStore, output.IsOnDisk));
        if (error is not null && !kept.ContainsKey(RunFiles.ErrorStore) && wereOver)
        {
            // Nobody knows whether its end was told, and every instance would tell it again.
            Try("the mark of its end", () =>
            {
                error.Mark();
                return error;
            });
        }

        if (standard is not null && error is not null)
        {
            Try("what it has written", () =>
            {
                output.Open(standard, error, journal?.Lost(OutputStream.Standard) ?? default, journal?.Lost(OutputStream.Error) ?? default);
                return output;
            });
        }

        Note(output, journal);
        var pipes = new List<PumpedPipe>(2);
        RunTerminal? usable;
        using RunTerminal? terminal = usable = Try("its terminal", () => RunTerminal.Adopt(kept));
        if (terminal is not null)
        {
            (SafeFileHandle master, PipePair through) = terminal.Shown();
            if (Pump("what its terminal shows", master, output.Standard, standard, through) is { } shown)
            {
                pipes.Add(shown);
            }
            else
            {
                output.Standard.End();
                usable = null;
            }
        }
        else
        {
            Read(RunFiles.StandardPipe, output.Standard, standard);
        }

        Read(RunFiles.ErrorPipe, output.Error, error);

        // All that there are are read, so that none is stuck; the first one is the run's.
        FinishProcess[] finishes =
        [
            .. from process in processes
               where process.Role == RunRole.Finish
               select new FinishProcess(process.Child, process.Child.Kept.TryGetValue(RunFiles.FinishPipe, out SafeHandle? reading) ? Pump("what its finish writes", reading, output.Error, error) : null),
        ];
        var adopted = new RunProcesses(init, own, pipes)
        {
            Journal = journal,
            ErrorFile = error,
            Finish = finishes.FirstOrDefault(),
            IsAdopted = true,
            WereOver = wereOver,
            NotTakenUp = notTakenUp,
        };
        run.Input = Try("its input", () => inputs.Adopt(run.Id, kept, usable, adopted.HaveEnded));
        return adopted;

        void Read(string name, StreamLog log, StreamFile? file)
        {
            if (kept.TryGetValue(name, out SafeHandle? pipe) && Pump(name, pipe, log, file) is { } pumped)
            {
                pipes.Add(pumped);
            }
            else
            {
                log.End();
            }
        }

        // Without a file there is nothing to move it to; that was said when there was none.
        PumpedPipe? Pump(string what, SafeHandle pipe, StreamLog log, StreamFile? file, PipePair? through = null) =>
            file is null ? null : Try(what, () => wereOver ? pump.AddOfEnded(pipe, log, file, through) : pump.Add(pipe, log, file, through));

        T? Try<T>(string what, Func<T?> take)
            where T : class
        {
            try
            {
                return take();
            }
            catch (IOException e)
            {
                notTakenUp.Add($"{what}: {e.Message}");
                return null;
            }
        }
    }

    /// <summary>A process that something else than this service started has none; what it writes is kept from now on.</summary>
    private static StreamFile Stored(Dictionary<string, SafeHandle> kept, string name, bool isOnDisk) =>
        kept.TryGetValue(name, out SafeHandle? handle) ? StreamFile.Open(handle, isOnDisk) : StreamFile.Create("pv-exec " + name);

    /// <summary>Has what cannot be kept of the output known to an instance that comes later.</summary>
    private static void Note(RunOutput output, RunJournal? journal)
    {
        if (journal is not null)
        {
            output.Standard.NoteLoss = loss => journal.NoteLost(OutputStream.Standard, loss);
            output.Error.NoteLoss = loss => journal.NoteLost(OutputStream.Error, loss);
        }
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
