namespace PvExec.Cli.Tests.Rig;

/// <summary>A terminal of which a test says what it is.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private int _raw;

    public bool IsInput { get; init; }

    public bool IsError { get; init; }

    public (int Columns, int Rows) Size { get; set; } = (80, 24);

    public bool IsRaw => _raw > 0;

    /// <summary>How often it has been made raw.</summary>
    public int TimesRaw { get; private set; }

    /// <summary>It goes away before it can be made raw.</summary>
    public bool IsLost { get; init; }

    public IDisposable MakeRaw()
    {
        if (IsLost)
        {
            throw new TerminalLostException("it was closed");
        }

        _raw++;
        TimesRaw++;
        return new Undo(this);
    }

    private sealed class Undo(FakeTerminal terminal) : IDisposable
    {
        private bool _isDone;

        public void Dispose()
        {
            if (!_isDone)
            {
                _isDone = true;
                terminal._raw--;
            }
        }
    }
}
