using System.IO.Compression;
using System.Text;
using PvExec.Hosting.Tests.Server;

namespace PvExec.Hosting.Tests.Unary;

public sealed class UnaryMethodTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>An encoding that no message of the call uses: such a call is the library's.</summary>
    private static readonly (string Name, string Value) ForLibrary = ("grpc-encoding", "gzip");

    [Theory]
    [InlineData("a word")]
    [InlineData("")]
    [InlineData("later")]
    [InlineData("large")]
    [InlineData("detail")]
    [InlineData("fault")]
    [InlineData("status")]
    [InlineData("bug")]
    [InlineData("header")]
    public async Task A_call_is_answered_as_the_library_does(string word)
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        (string, string)[] fields = [("x-sent", "s"), ("x-sent-bin", "AQID"), ("grpc-timeout", "30S")];

        TrialAnswer own = await OwnAsync(server, word, fields);
        TrialAnswer librarys = await server.CallAsync(Framed(word), [.. fields, ForLibrary]);

        Assert.False(server.Service.Begun[^1].IsOwn);
        Assert.Equal(librarys.Body, own.Body);
        Assert.Equal(librarys.Header, own.Header);
        Assert.Equal(librarys.Trailers, own.Trailers);
        Assert.Equal(server.LoopThread, server.Service.Begun[0].Thread);
    }

    [Theory]
    [InlineData("larger than may be", 8)]
    [InlineData(TrialsBase.Unspeakable, 13)]
    public async Task An_answer_that_cannot_be_sent_is_a_status_with_its_trailers(string word, int status)
    {
        await using TrialsServer server = await TrialsServer.StartAsync();

        TrialAnswer answer = await OwnAsync(server, word);

        Assert.Contains($"grpc-status: {status}", answer.Header);
        Assert.Contains("x-run: 1", answer.Header);
        Assert.Empty(answer.Body);
    }

    /// <summary>Longer than a timer can be, and than there are years.</summary>
    [Theory]
    [InlineData("1200H")]
    [InlineData("99999999H")]
    public async Task A_deadline_may_be_as_far_away_as_can_be_said(string timeout)
    {
        await using TrialsServer server = await TrialsServer.StartAsync();

        TrialAnswer answer = await OwnAsync(server, "a word", ("grpc-timeout", timeout));

        Assert.Contains("grpc-status: 0", answer.Trailers);
    }

    [Fact]
    public async Task However_calls_end_a_hand_over_waits_for_none_of_them()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        foreach (string word in new[] { "a word", "later", "fault", "status", "bug", TrialsBase.Unspeakable })
        {
            await OwnAsync(server, word, ("grpc-timeout", "99999999H"));
        }

        server.Calls.HoldBack();

        await server.Gate.Drained.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_call_whose_deadline_passes_is_cancelled_and_answered_with_that()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();

        TrialAnswer answer = await OwnAsync(server, "wait", ("grpc-timeout", "200m"));

        Assert.Contains("grpc-status: 4", answer.Header);
        await server.Service.Cancelled.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_call_whose_caller_leaves_is_cancelled()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        using var leaves = new CancellationTokenSource();
        Task call = server.CallAsync(Framed("wait"), [("grpc-timeout", "1H")], leaves.Token);
        await server.Service.Waits.WaitAsync(Patience);

        await leaves.CancelAsync();

        await server.Service.Cancelled.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_compressed_message_is_the_librarys()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("a word"u8);
        }

        TrialAnswer answer = await server.CallAsync(new ByteArrayContent([1, 0, 0, 0, (byte)packed.Length, .. packed.ToArray()]), [ForLibrary]);

        Assert.Contains("grpc-status: 0", answer.Trailers);
        Assert.EndsWith("a word", Encoding.UTF8.GetString(answer.Body));
        Assert.False(server.Service.Begun[^1].IsOwn);
    }

    [Fact]
    public async Task A_message_that_comes_in_pieces_is_the_librarys()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        var body = new OpenContent();
        Task<TrialAnswer> call = server.CallAsync(body, []);
        Stream stream = await body.Stream.Task.WaitAsync(Patience);
        byte[] message = await Framed("a word").ReadAsByteArrayAsync();
        foreach (byte[] piece in message.Chunk(4))
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
        }

        body.Ended.SetResult();

        Assert.Equal(message, (await call.WaitAsync(Patience)).Body);
        Assert.False(server.Service.Begun[^1].IsOwn);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 65 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 65 })]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff, 65 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff })]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 65 })]
    public async Task What_cannot_be_read_is_refused_by_the_library(byte[] body)
    {
        await using TrialsServer server = await TrialsServer.StartAsync();

        TrialAnswer answer = await server.CallAsync(new ByteArrayContent(body), []);

        Assert.DoesNotContain("grpc-status: 0", answer.Trailers);
        Assert.Contains(answer.Header.Concat(answer.Trailers), field => field.StartsWith("grpc-status: "));
        Assert.Empty(server.Service.Begun);
    }

    [Theory]
    [InlineData("a word")]
    [InlineData("late")]
    public async Task A_call_to_an_instance_that_has_handed_over_is_refused_and_can_be_repeated(string word)
    {
        await using TrialsServer server = await TrialsServer.StartAsync();
        if (word != "late")
        {
            server.Calls.HoldBack();
        }

        Task<TrialAnswer> call = server.CallAsync(Framed(word), [("grpc-timeout", "30S")]);
        server.Calls.Refuse();

        // The client repeats it on a new connection, where it is refused again, and again.
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => call.WaitAsync(Patience));
        Assert.Contains("REFUSED_STREAM", refused.ToString());
        Assert.Equal(word == "late", server.Service.Begun.Count > 0);
    }

    [Fact]
    public async Task A_path_that_no_method_has_is_found_before_any_call()
    {
        await using TrialsServer server = await TrialsServer.StartAsync();

        InvalidOperationException none = Assert.Throws<InvalidOperationException>(() => server.Methods(server.Services)["/test.Trials/Other"]);

        Assert.Contains("/test.Trials/Other", none.Message);
    }

    /// <summary>The client may send a header and a message apart, which makes the call the library's: it is made again then.</summary>
    private static async Task<TrialAnswer> OwnAsync(TrialsServer server, string word, params (string, string)[] fields)
    {
        for (int i = 0; i < 100; i++)
        {
            TrialAnswer answer = await server.CallAsync(Framed(word), fields);
            if (server.Service.Begun is [.., (_, IsOwn: true)])
            {
                return answer;
            }
        }

        throw new InvalidOperationException("no call came in one piece");
    }

    private static ByteArrayContent Framed(string word)
    {
        byte[] message = Encoding.UTF8.GetBytes(word);
        return new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]);
    }
}
