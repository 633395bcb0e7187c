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
    IHttpResponseTrailersFeature, IHttpResetFeature, IConnectionLifetimeNotificationFeature, IServiceProvidersFeature
{
    private static readonly Type[] Own =
    [
        typeof(IHttpRequestFeature), typeof(IRequestBodyPipeFeature), typeof(IHttpRequestLifetimeFeature), typeof(IHttpResponseFeature),
        typeof(IHttpResponseBodyFeature), typeof(IHttpResponseTrailersFeature), typeof(IHttpResetFeature), typeof(IConnectionLifetimeNotificationFeature),
        typeof(IServiceProvidersFeature),
    ];

    private IHeaderDictionary _requestHeaders = new HeaderDictionary();
    private IHeaderDictionary _answerHeaders = new HeaderDictionary();
    private IHeaderDictionary? _trailers;
    private Type[] _otherKeys = new Type[8]; // what middleware has set, in the place of our own too; read by a deadline's timer meanwhile
    private object?[] _others = new object?[8];
    private int _otherCount;
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

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => Aborted;
        set => throw new NotSupportedException("only the server cancels a request");
    }

    /// <summary>Breaks the call off.</summary>
    public void Abort() => Reset(ErrorCode.InternalError);

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

    bool IHttpResponseFeature.HasStarted => HasStarted;

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

    IServiceProvider IServiceProvidersFeature.RequestServices
    {
        get => _connection.Services;
        set => throw new NotSupportedException("calls have no services of their own");
    }

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            int index = Array.IndexOf(_otherKeys, key, 0, Volatile.Read(ref _otherCount));
            if (index >= 0)
            {
                return _others[index];
            }

            return key.IsInstanceOfType(this) && Array.IndexOf(Own, key) >= 0 ? this : null;
        }
        set
        {
            Revision++;
            int index = Array.IndexOf(_otherKeys, key, 0, _otherCount);
            if (index >= 0)
            {
                _others[index] = value;
                return;
            }

            if (_otherCount == _otherKeys.Length)
            {
                Array.Resize(ref _others, _otherCount * 2);
                Array.Resize(ref _otherKeys, _otherCount * 2);
            }

            _otherKeys[_otherCount] = key;
            _others[_otherCount] = value;
            Volatile.Write(ref _otherCount, _otherCount + 1);
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        _otherKeys.Take(_otherCount).Union(Own).Where(key => this[key] is not null).Select(key => new KeyValuePair<Type, object>(key, this[key]!)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
