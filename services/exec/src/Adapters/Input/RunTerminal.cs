using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Core.Input;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Linux.Terminals;

namespace PvExec.Exec.Adapters.Input;

/// <summary>
/// A run's terminal, and the two pipes that what is shown and what is typed go through. pv-init keeps all of it but the
/// side that the processes have: the terminal does not hang up when this service ends.
/// </summary>
internal sealed class RunTerminal : IDisposable
{
    public const string MasterName = "terminal";

    private const string ShownReadName = "shown-read";
    private const string ShownWriteName = "shown-write";
    private const string TypedReadName = "typed-read";
    private const string TypedWriteName = "typed-write";

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle? _terminal;
    private readonly PipePair _shown;
    private readonly PipePair _typed;
    private readonly InputWay _way;
    private bool _isShown;
    private bool _isTyped;

    private RunTerminal(SafeFileHandle master, SafeFileHandle? terminal, PipePair shown, PipePair typed)
    {
        (_master, _terminal, _shown, _typed) = (master, terminal, shown, typed);
        _way = new InputWay(typed.WriteEnd, new TerminalWay(typed.ReadEnd, Descriptor.Duplicate(master)));
    }

    /// <summary>What the processes have as 0, 1 and 2.</summary>
    public SafeFileHandle Side => _terminal!;

    /// <summary>What pv-init keeps.</summary>
    public KeptDescriptor[] Kept =>
    [
        new(MasterName, _master), new(ShownReadName, _shown.ReadEnd), new(ShownWriteName, _shown.WriteEnd),
        new(TypedReadName, _typed.ReadEnd), new(TypedWriteName, _typed.WriteEnd),
    ];

    /// <param name="uid">Who gets it; null: who runs this.</param>
    /// <exception cref="IOException">No terminal or no descriptor is left, or it cannot be given to the user.</exception>
    public static RunTerminal Open(TerminalSettings settings, uint? uid)
    {
        PseudoTerminal pty = PseudoTerminal.Open();
        try
        {
            new TerminalSize((ushort)settings.Columns, (ushort)settings.Rows).Set(pty.Master);
            if (uid is { } user)
            {
                pty.GiveTo(user);
            }

            return new RunTerminal(pty.Master, pty.Terminal, PipePair.Open(), PipePair.Open());
        }
        catch
        {
            pty.Master.Dispose();
            pty.Terminal.Dispose();
            throw;
        }
    }

    /// <summary>One that an earlier instance opened; null when there is none.</summary>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public static RunTerminal? Adopt(IReadOnlyDictionary<string, SafeHandle> kept) =>
        kept.TryGetValue(MasterName, out SafeHandle? master)
        && kept.TryGetValue(ShownReadName, out SafeHandle? shownRead) && kept.TryGetValue(ShownWriteName, out SafeHandle? shownWrite)
        && kept.TryGetValue(TypedReadName, out SafeHandle? typedRead) && kept.TryGetValue(TypedWriteName, out SafeHandle? typedWrite)
            ? new RunTerminal(Own(master), null, new PipePair(Own(shownRead), Own(shownWrite)), new PipePair(Own(typedRead), Own(typedWrite)))
            : null;

    /// <summary>For the reading of what is shown, which takes both over.</summary>
    public (SafeFileHandle Master, PipePair Through) Shown()
    {
        _isShown = true;
        return (_master, _shown);
    }

    /// <summary>For the typing, which takes it over.</summary>
    public InputWay Typed()
    {
        _isTyped = true;
        return _way;
    }

    /// <summary>Closes the processes' side, and what has not been taken over.</summary>
    public void Dispose()
    {
        _terminal?.Dispose();
        if (!_isShown)
        {
            _master.Dispose();
            _shown.ReadEnd.Dispose();
            _shown.WriteEnd.Dispose();
        }

        if (!_isTyped)
        {
            _way.Dispose();
        }
    }

    private static SafeFileHandle Own(SafeHandle handle)
    {
        if (handle is SafeFileHandle file)
        {
            return file;
        }

        SafeFileHandle own = Descriptor.Duplicate(handle);
        handle.Dispose();
        return own;
    }
}
