using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters;

/// <summary>
/// The descriptors of a run: what its processes inherit, and what its output is read from and kept in. Disposing closes
/// what only the processes need, and what nobody has taken over.
/// </summary>
/// <param name="directory">Where the output is kept on disk; null: in memory.</param>
/// <param name="spare">Of output that is kept in memory.</param>
public sealed class RunFiles(string? directory, SpareOutput spare) : IDisposable
{
    public const string StandardPipe = "stdout";
    public const string ErrorPipe = "stderr";
    public const string StandardStore = "stdout-store";
    public const string ErrorStore = "stderr-store";

    /// <summary>From <c>finish</c>, to the end of the standard error.</summary>
    public const string FinishPipe = "finish-output";

    public const string Journal = "journal";

    private PipePair? _standard;
    private PipePair? _error;
    private StreamFile? _standardFile;
    private StreamFile? _errorFile;
    private int _pumped;
    private bool _filesTaken;
    private InputFeed? _feed;
    private SafeFileHandle? _inputWriteEnd;
    private RunTerminal? _terminal;

    /// <summary>Null: /dev/null.</summary>
    public SafeFileHandle? Input { get; private set; }

    /// <summary>From <c>run</c> to <c>log</c>; null without a filter.</summary>
    public PipePair? Between { get; private set; }

    public SafeFileHandle Output => _terminal?.Side ?? _standard!.Value.WriteEnd;

    public SafeFileHandle Error => _terminal?.Side ?? _error!.Value.WriteEnd;

    /// <summary>Where the standard error is kept.</summary>
    public StreamFile ErrorFile => _errorFile!;

    /// <summary>What pv-init keeps, so that another instance of this service can go on.</summary>
    public KeptDescriptor[] Kept =>
    [
        .. _terminal?.Kept ?? [new(StandardPipe, _standard!.Value.ReadEnd), new(ErrorPipe, _error!.Value.ReadEnd)],
        new(StandardStore, _standardFile!.Handle), new(ErrorStore, _errorFile!.Handle),
        .. _feed is null ? (KeptDescriptor[])[] : [new(RunInputs.FileName, _feed.Handle)],
    ];

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public void Open(ReadOnlySpan<byte> input, bool withFilter)
    {
        if (directory is null)
        {
            OutputPlaces places = spare.Take();
            (_standard, _error, _standardFile, _errorFile) = (places.Standard, places.Error, places.StandardFile, places.ErrorFile);
        }
        else
        {
            _standard = PipePair.Open();
            _error = PipePair.Open();
            OpenStores();
        }

        Between = withFilter ? PipePair.Open() : null;
        Input = input.IsEmpty ? null : MemoryFile.Create("pv-exec input", input);
    }

    /// <summary>As <see cref="Open"/>, for a run whose input comes bit by bit.</summary>
    /// <exception cref="IOException">No terminal, no descriptor or no memory is left.</exception>
    public void Open(InputFeed feed, bool withFilter, uint? uid)
    {
        if (feed.Terminal is { } terminal)
        {
            _terminal = RunTerminal.Open(terminal, uid);
            OpenStores();
            Input = _terminal.Side;
        }
        else
        {
            Open([], withFilter);
            PipePair pipe = PipePair.Open();
            (Input, _inputWriteEnd) = (pipe.ReadEnd, pipe.WriteEnd);
        }

        _feed = feed;
    }

    /// <summary>Has the write end of a pipe for the input outlive this service.</summary>
    public Outcome<Unit> KeepInput(RunInputs inputs, RunId run) => _inputWriteEnd is null ? Unit.Value : inputs.Keep(run, _inputWriteEnd);

    /// <summary>They cannot be started.</summary>
    public void ForgetInput(RunInputs inputs, RunId run)
    {
        if (_inputWriteEnd is not null)
        {
            inputs.Forget(run);
        }
    }

    /// <summary>The processes run: has the input moved on to them.</summary>
    public void StartInput(RunInputs inputs, RunId run)
    {
        if (_terminal is not null)
        {
            inputs.Start(_feed!, _terminal);
        }
        else if (_inputWriteEnd is not null)
        {
            SafeFileHandle writeEnd = _inputWriteEnd;
            _inputWriteEnd = null;
            inputs.Start(run, _feed!, writeEnd);
        }
    }

    /// <summary>Has the output read from now on.</summary>
    /// <exception cref="IOException">A pipe cannot be waited for.</exception>
    public PumpedPipe[] Record(OutputPump pump, RunOutput output)
    {
        _filesTaken = true;
        output.Open(_standardFile!, _errorFile!);

        if (_terminal is not null)
        {
            output.Error.End();
            (SafeFileHandle master, PipePair through) = _terminal.Shown();
            return [pump.Add(master, output.Standard, _standardFile!, through)];
        }

        // The pump takes a pipe over also when it throws.
        _pumped = 1;
        PumpedPipe standard = pump.AddYoung(_standard!.Value.ReadEnd, output.Standard, _standardFile!);
        _pumped = 2;
        return [standard, pump.AddYoung(_error!.Value.ReadEnd, output.Error, _errorFile!)];
    }

    /// <exception cref="IOException">As of <see cref="Store"/>.</exception>
    private void OpenStores()
    {
        _standardFile = Store("pv-exec output");
        _errorFile = Store("pv-exec errors");
    }

    /// <exception cref="IOException">There is no descriptor, no memory or no such directory.</exception>
    private StreamFile Store(string name) => directory is null ? StreamFile.Create(name) : StreamFile.CreateOnDisk(directory);

    public void Dispose()
    {
        Input?.Dispose();
        _inputWriteEnd?.Dispose();
        _terminal?.Dispose();
        Between?.ReadEnd.Dispose();
        Between?.WriteEnd.Dispose();
        _standard?.WriteEnd.Dispose();
        _error?.WriteEnd.Dispose();
        if (_pumped < 1)
        {
            _standard?.ReadEnd.Dispose();
        }

        if (_pumped < 2)
        {
            _error?.ReadEnd.Dispose();
        }

        if (!_filesTaken)
        {
            _standardFile?.Dispose();
            _errorFile?.Dispose();
        }
    }
}
