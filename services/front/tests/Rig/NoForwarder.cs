using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace PvExec.Front.Tests.Rig;

/// <summary>For calls that are not to be forwarded.</summary>
internal sealed class NoForwarder : IHttpForwarder
{
    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer) =>
        throw new InvalidOperationException($"{context.Request.Path} was forwarded");
}
