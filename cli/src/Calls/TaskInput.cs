using System.Threading.Channels;
using Google.Protobuf;
using PvExec.Api.V1;

namespace PvExec.Cli.Calls;

/// <summary>What a run is sent while it runs: standard input, its end, and the sizes of the terminal's window.</summary>
/// <param name="first">What has been read of standard input.</param>
/// <param name="read">The rest of it.</param>
/// <param name="terminal">The terminal that is passed through, or null.</param>
internal sealed class TaskInput(IReadOnlyList<ByteString> first, StandardInput read, ITerminal? terminal)
{
    private readonly Channel<InteractiveRequest> _requests = Channel.CreateBounded<InteractiveRequest>(4);

    public ChannelReader<InteractiveRequest> Requests => _requests.Reader;

    /// <summary>Null when the window has none.</summary>
    public WindowSize? Size() => terminal?.Size is { Columns: > 0, Rows: > 0 } size ? new WindowSize { Columns = (uint)size.Columns, Rows = (uint)size.Rows } : null;

    /// <summary>Begins to pass on what is read.</summary>
    /// <param name="readsNow">It has not been read from before.</param>
    public void Start(bool readsNow)
    {
        if (readsNow)
        {
            read.Start();
        }

        // Ends with the input, or with this program.
        _ = PassOnAsync();
    }

    /// <summary>Passes the window's size on; one that cannot be sent at once is followed by the next, or by the one of a new connection.</summary>
    public void Resize()
    {
        if (Size() is { } size)
        {
            _requests.Writer.TryWrite(new InteractiveRequest { Resize = size });
        }
    }

    private async Task PassOnAsync()
    {
        try
        {
            foreach (ByteString piece in first)
            {
                await _requests.Writer.WriteAsync(new InteractiveRequest { Input = piece });
            }

            await foreach (ByteString piece in read.Pieces.ReadAllAsync())
            {
                await _requests.Writer.WriteAsync(new InteractiveRequest { Input = piece });
            }
        }
        catch (IOException)
        {
            // A terminal that was hung up, or a descriptor that is not open: no more comes.
        }

        await _requests.Writer.WriteAsync(new InteractiveRequest { CloseInput = new CloseInput() });
    }
}
