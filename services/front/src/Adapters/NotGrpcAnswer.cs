namespace PvExec.Front.Adapters;

/// <summary>Tells a browser, or curl, what it has found. (HTTP/1 never gets this far: the server itself refuses it with a line of text.)</summary>
internal static class NotGrpcAnswer
{
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("This is a gRPC port: POST with content-type application/grpc over HTTP/2.\n", context.RequestAborted);
    }
}
