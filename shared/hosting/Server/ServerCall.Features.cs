using System.Collections;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PvExec.Http2.Native;

namespace PvExec.Hosting.Server;

/// <content>What ASP.NET Core asks of a server. Only a call's handler uses it, one thing at a time.</content>
internal sealed partial class ServerCall :
    IFeatureCollection, IHttpRequestFeature, IRequestBodyPipeFeature, IHttpRequestLifetimeFeature, IHttpResponseFeature, IHttpResponseBodyFeature,
    IHttpResponseTrailersFeature, IHttpResetFeature, IConnectionLifetimeNotificationFeature
{
    private static readonly Type[] Own =
    [
        typeof(IHttpRequestFeature), typeof(IRequestBodyPipeFeature), typeof(IHttpRequestLifetimeFeature), typeof(IHttpResponseFeature),
        typeof(IHttpResponseBodyFeature), typeof(IHttpResponseTrailersFeature), typeof(IHttpResetFeature), typeof(IConnectionLifetimeNotificationFeature),
    ];

    private IHeaderDictionary _requestHeaders = new HeaderDictionary();
    private IHeaderDictionary _answerHeaders = new HeaderDictionary();
    private IHeaderDictionary? _trailers;
    private List<KeyValuePair<Type, object>>? _others; // what middleware has set, in the place of our own too
    private Stream? _requestStream;
    private Stream? _answerStream;

    public string Protocol { get; set; } = HttpProtocol.Http2;

    public string Scheme { get; set; } = "http";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    IHeaderDictionary IHttpRequestFeature.Headers
    {
        get => _requestHeaders;
        set => _requestHeaders = value;
    }

    Stream IHttpRequestFeature.Body
    {
        get => _requestStream ??= Input.AsStream(leaveOpen: true);
        set => _requestStream = value;
    }

    PipeReader IRequestBodyPipeFeature.Reader => Input;

    /// <summary>Cancelled when the caller has left before the answer was complete.</summary>
    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get
        {
            lock (_lock)
            {
                return (_aborted ??= new CancellationTokenSource()).Token;
            }
        }
        set => throw new NotSupportedException("only the server cancels a request");
    }

    void IHttpRequestLifetimeFeature.Abort() => Reset(ErrorCode.InternalError);

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    IHeaderDictionary IHttpResponseFeature.Headers
    {
        get => _answerHeaders;
        set => _answerHeaders = value;
    }

    Stream IHttpResponseFeature.Body
    {
        get => ((IHttpResponseBodyFeature)this).Stream;
        set => throw new NotSupportedException("set IHttpResponseBodyFeature instead");
    }

    bool IHttpResponseFeature.HasStarted => _hasStarted;

    void IHttpResponseFeature.OnStarting(Func<object, Task> callback, object state) => (_starting ??= []).Add((callback, state));

    void IHttpResponseFeature.OnCompleted(Func<object, Task> callback, object state) => (_completed ??= []).Add((callback, state));

    Stream IHttpResponseBodyFeature.Stream => _answerStream ??= Output.AsStream(leaveOpen: true);

    PipeWriter IHttpResponseBodyFeature.Writer => Output;

    void IHttpResponseBodyFeature.DisableBuffering()
    {
        // What is flushed goes out at the end of the turn as it is.
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        SendFileFallback.SendFileAsync(((IHttpResponseBodyFeature)this).Stream, path, offset, count, cancellationToken);

    IHeaderDictionary IHttpResponseTrailersFeature.Trailers
    {
        get => _trailers ??= new HeaderDictionary();
        set => _trailers = value;
    }

    void IHttpResetFeature.Reset(int errorCode) => Reset((ErrorCode)errorCode);

    CancellationToken IConnectionLifetimeNotificationFeature.ConnectionClosedRequested { get; set; }

    void IConnectionLifetimeNotificationFeature.RequestClose() => _connection.AskToLeave();

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            foreach (KeyValuePair<Type, object> other in _others ?? [])
            {
                if (other.Key == key)
                {
                    return other.Value;
                }
            }

            return key.IsInstanceOfType(this) && Array.IndexOf(Own, key) >= 0 ? this : null;
        }
        set
        {
            Revision++;
            _others ??= new List<KeyValuePair<Type, object>>(8);
            _others.RemoveAll(other => other.Key == key);
            if (value is not null)
            {
                _others.Add(new(key, value));
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        (_others ?? []).Concat(Own.Where(key => _others?.Exists(other => other.Key == key) != true).Select(key => new KeyValuePair<Type, object>(key, this))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
