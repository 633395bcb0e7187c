using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Input;

/// <summary>The inputs of runs that callers give bit by bit, and what outlives this service of them.</summary>
/// <remarks>
/// The file of an input is kept by pv-init with the run's process. The write end of a pipe to its standard input is not: a
/// run sees the end of its input only when nobody has that any more, so it is in the descriptor store, out of which it
/// can be taken.
/// </remarks>
public sealed class RunInputs(InputPump pump, IDescriptorStore store)
{
    /// <summary>What pv-init keeps the file as.</summary>
    public const string FileName = "stdin-store";

    private const string StorePrefix = "stdin.";

    private readonly Dictionary<string, SafeHandle> _found = new(StringComparer.Ordinal);

    /// <summary>What came back from the descriptor store; before any run is taken up. The pipes among it are taken over.</summary>
    public void Find(IReadOnlyList<KeptDescriptor> stored)
    {
        foreach (KeptDescriptor one in stored.Where(one => one.Name.StartsWith(StorePrefix, StringComparison.Ordinal)))
        {
            if (!_found.TryAdd(one.Name, one.Handle))
            {
                one.Handle.Dispose();
            }
        }
    }

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public InputFeed Create(Interaction interaction, ReadOnlySpan<byte> first)
    {
        InputFile file = InputFile.Create(first);
        var feed = new InputFeed(file, interaction.Terminal);
        if (interaction.IsClosed)
        {
            feed.Close();
        }

        return feed;
    }

    /// <summary>Has the pipe outlive this service; before anybody reads it.</summary>
    public Outcome<Unit> Keep(RunId run, SafeHandle writeEnd) => store.Put(Name(run), writeEnd);

    /// <summary>The run cannot be started.</summary>
    public void Forget(RunId run) => store.Remove(Name(run)).Succeeded(out _);

    /// <summary>The run reads its input from a pipe, which <see cref="Keep"/> was told of.</summary>
    /// <param name="writeEnd">Taken over.</param>
    public void Start(RunId run, InputFeed feed, SafeFileHandle writeEnd) => pump.Add(feed, new InputWay(writeEnd, null), () => Forget(run));

    /// <summary>The run reads its input from a terminal.</summary>
    internal void Start(InputFeed feed, RunTerminal terminal) => pump.Add(feed, terminal.Typed(), () => { });

    /// <summary>The input of a run that an earlier instance started, as far as that came; null when it had none of this kind.</summary>
    /// <param name="terminal">The run's, when it has one.</param>
    /// <param name="hasEnded">Nobody reads it any more.</param>
    /// <exception cref="IOException">It cannot be given any more: for the run it ends here.</exception>
    internal InputFeed? Adopt(RunId run, IReadOnlyDictionary<string, SafeHandle> kept, RunTerminal? terminal, bool hasEnded)
    {
        _found.Remove(Name(run), out SafeHandle? writeEnd);
        if (!kept.TryGetValue(FileName, out SafeHandle? handle))
        {
            writeEnd?.Dispose();
            return null;
        }

        try
        {
            return Adopt(run, handle, writeEnd, terminal, hasEnded);
        }
        catch (IOException)
        {
            writeEnd?.Dispose();
            Forget(run);
            throw;
        }
    }

    private InputFeed Adopt(RunId run, SafeHandle handle, SafeHandle? writeEnd, RunTerminal? terminal, bool hasEnded)
    {
        var feed = new InputFeed(
            InputFile.Open(handle),
            terminal is null ? null : new TerminalSettings(TerminalSettings.UsualType, TerminalSettings.UsualColumns, TerminalSettings.UsualRows));
        if (hasEnded || (terminal is null && writeEnd is null))
        {
            // All of it has gone on, or nobody has read it.
            writeEnd?.Dispose();
            Forget(run);
            feed.Dispose();
        }
        else if (terminal is not null)
        {
            Start(feed, terminal);
        }
        else
        {
            Start(run, feed, Descriptor.Duplicate(writeEnd!));
            writeEnd!.Dispose();
        }

        return feed;
    }

    /// <summary>All runs have been taken up: what is left belongs to none, such as one whose start was not finished.</summary>
    public void ForgetOthers()
    {
        foreach ((string name, SafeHandle handle) in _found)
        {
            handle.Dispose();
            store.Remove(name).Succeeded(out _);
        }

        _found.Clear();
    }

    private static string Name(RunId run) => StorePrefix + run.Value;
}
