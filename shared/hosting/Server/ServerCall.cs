using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace PvExec.Hosting.Server;

/// <summary>
/// One call: a stream of a connection on the one side, and on the other what ASP.NET Core knows of a request and its answer.
/// Split into what joins the two (here), the features, and how the answer is made.
/// </summary>
internal sealed partial class ServerCall
{
    /// <summary>What RFC 9113 section 6.5.2 adds for each field.</summary>
    private const int FieldOverhead = 32;

    private static readonly FrozenSet<string> ProtocolHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "grpc-encoding", "grpc-accept-encoding", "grpc-timeout", "content-type", "te", "host", "accept-encoding");

    private readonly CallConnection _connection;
    private readonly Lock _lock = new(); // guards what has the comment "lock"; a leaf
    private int _isAsked;
    private Action? _asked;
    private CancellationTokenSource? _aborted; // lock
    private volatile bool _isClosed; // written with the lock

    public ServerCall(CallConnection connection, int stream)
    {
        _connection = connection;
        Stream = stream;
        Input = new RequestReader(this);
        Output = new AnswerWriter(this);
    }

    public int Stream { get; }

    public RequestReader Input { get; }

    public AnswerWriter Output { get; }

    /// <summary>The loop's: counted as SETTINGS_MAX_HEADER_LIST_SIZE is.</summary>
    public int HeaderBytes { get; private set; }

    /// <summary>The loop's.</summary>
    public bool HasHeader { get; set; }

    /// <summary>The loop's: its handler was called.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The loop's: it is among those for which something has come in this turn.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Its handler goes on at once, on the loop's thread, when that wakes it.</summary>
    public bool IsOnLoop { get; set; }

    /// <summary>The stream has ended: all was said, or the caller has left.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Cancelled when the caller has left before the answer was complete.</summary>
    public CancellationToken Aborted
    {
        get
        {
            lock (_lock)
            {
                return (_aborted ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>The loop's: the last of the answer is on its way.</summary>
    public bool IsLastSent { get; set; }

    /// <summary>What is to be done on the loop.</summary>
    public Action Asked => _asked ??= () => _connection.OnAsked(this);

    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret)
    {
        HeaderBytes += name.Length + value.Length + FieldOverhead;
        string text = FieldTexts.Value(value, isSecret || FieldTexts.IsSecret(name));
        if (name.IsEmpty || name[0] != (byte)':')
        {
            string key = FieldTexts.Name(name);
            _requestHeaders[key] = _requestHeaders.TryGetValue(key, out StringValues others) ? StringValues.Concat(others, text) : text;
        }
        else if (name.SequenceEqual(":path"u8))
        {
            SetTarget(text);
        }
        else if (name.SequenceEqual(":method"u8))
        {
            Method = text;
        }
        else if (name.SequenceEqual(":scheme"u8))
        {
            Scheme = text;
        }
        else if (name.SequenceEqual(":authority"u8))
        {
            _requestHeaders["Host"] = text;
        }
    }

    /// <returns>Empty when there is none.</returns>
    public string RequestHeader(string name) => _requestHeaders[name].ToString();

    /// <summary>The request's header as the library shows it to a method: without what is the protocol's own.</summary>
    public Metadata RequestMetadata()
    {
        var metadata = new Metadata();
        foreach ((string name, StringValues values) in _requestHeaders)
        {
            if (ProtocolHeaders.Contains(name))
            {
                continue;
            }

            foreach (string? value in values)
            {
                if (name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
                {
                    metadata.Add(name, Convert.FromBase64String(value!.PadRight((value.Length + 3) / 4 * 4, '=')));
                }
                else
                {
                    metadata.Add(name, value!);
                }
            }
        }

        return metadata;
    }

    /// <summary>Has the loop look at it, once.</summary>
    /// <returns>False when it is about to.</returns>
    public bool TryAsk() => Interlocked.Exchange(ref _isAsked, 1) == 0;

    public void ForgetAsked() => Volatile.Write(ref _isAsked, 0);

    /// <summary>From any thread.</summary>
    public void Serve() => _connection.Serve(this);

    /// <summary>From any thread: bytes of the request were looked at.</summary>
    /// <param name="counted">How many more.</param>
    /// <param name="toGive">With those that the loop has not been told of.</param>
    public void OnRead(int counted, int toGive) => _connection.OnRead(this, counted, toGive);

    /// <summary>On the loop, not from within the session: the stream has ended, and whoever waits for it hears so.</summary>
    public void OnClosed(string reason)
    {
        CancellationTokenSource? aborted = null;
        bool isAnswered = Output.IsDone;
        lock (_lock)
        {
            _isClosed = true;
            aborted = isAnswered ? null : _aborted ??= new CancellationTokenSource();
        }

        Output.Close();
        Input.Fail(new IOException(reason));
        if (aborted is not null)
        {
            // What is cancelled goes on there, and must not hold up the loop.
            ThreadPool.UnsafeQueueUserWorkItem(static call => call.Cancel(), this, preferLocal: false);
        }
    }

    private void Cancel()
    {
        try
        {
            _aborted!.Cancel();
        }
        catch (Exception e)
        {
            // Of whoever wanted to hear of it.
            _connection.Report(this, e);
        }
    }

    /// <summary>On the loop, in the place of a handler: an answer of one line.</summary>
    public void Refuse(int status, string text)
    {
        StatusCode = status;
        _answerHeaders.ContentType = "text/plain; charset=utf-8";
        Output.Write(Encoding.UTF8.GetBytes(text + "\n"));
        _ = EndAsync(null);
    }

    private void SetTarget(string target)
    {
        RawTarget = target;
        int query = target.IndexOf('?');
        string path = query < 0 ? target : target[..query];
        QueryString = query < 0 ? "" : target[query..];
        Path = path.Contains('%') ? Uri.UnescapeDataString(path) : path;
    }
}
