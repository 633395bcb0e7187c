using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using PvExec.Front.Tests.Rig;

namespace PvExec.Front.Tests;

public sealed class AnswersTests
{
    [Fact]
    public async Task An_unknown_service_is_UNIMPLEMENTED_and_its_path_named()
    {
        await using TestFront front = await TestFront.StartAsync();
        var method = new Method<string, string>(MethodType.Unary, "some.Other", "Call", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await front.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), ""));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        Assert.Contains("'/some.Other/Call'", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_service_is_answered_in_headers_alone()
    {
        await using TestFront front = await TestFront.StartAsync();
        using var client = new HttpClient();
        using HttpRequestMessage request = Request(new Uri(front.Address, "/some.Other/Call"), "application/grpc");

        using HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("12", answer.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Empty(answer.TrailingHeaders);
    }

    [Fact]
    public async Task What_is_not_gRPC_is_told_so()
    {
        await using TestFront front = await TestFront.StartAsync();
        using var client = new HttpClient();
        using HttpRequestMessage request = Request(new Uri(front.Address, "/proto.ExecService/Exec"), "application/json");

        using HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("gRPC port", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browsers_request_gets_a_clear_answer()
    {
        await using TestFront front = await TestFront.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, front.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        string answer = await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("HTTP/2 only endpoint", answer, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(Uri address, string contentType) => new(HttpMethod.Post, address)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
    };
}
