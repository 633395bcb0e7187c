using System.Globalization;
using System.Text;
using Grpc.Core;

namespace PvExec.Hosting.Tests.Faults;

/// <summary>What a generated base class would be, of a service whose messages are numbers as text.</summary>
[BindServiceMethod(typeof(NumbersBase), nameof(BindService))]
public abstract class NumbersBase
{
    private static readonly Marshaller<string> Number = Marshallers.Create(
        Encoding.ASCII.GetBytes, bytes => int.Parse(Encoding.ASCII.GetString(bytes), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));

    private static readonly Method<string, string> OneMethod = new(MethodType.Unary, "test.Numbers", nameof(One), Number, Number);
    private static readonly Method<string, string> DownMethod = new(MethodType.ServerStreaming, "test.Numbers", nameof(Down), Number, Number);
    private static readonly Method<string, string> UpMethod = new(MethodType.ClientStreaming, "test.Numbers", nameof(Up), Number, Number);
    private static readonly Method<string, string> BothMethod = new(MethodType.DuplexStreaming, "test.Numbers", nameof(Both), Number, Number);
    private static readonly Method<string, string> EchoMethod = new(MethodType.DuplexStreaming, "test.Numbers", nameof(Echo), Number, Number);

    public static void BindService(ServiceBinderBase binder, NumbersBase? service)
    {
        binder.AddMethod(OneMethod, service is null ? null! : new UnaryServerMethod<string, string>(service.One));
        binder.AddMethod(DownMethod, service is null ? null! : new ServerStreamingServerMethod<string, string>(service.Down));
        binder.AddMethod(UpMethod, service is null ? null! : new ClientStreamingServerMethod<string, string>(service.Up));
        binder.AddMethod(BothMethod, service is null ? null! : new DuplexStreamingServerMethod<string, string>(service.Both));
        binder.AddMethod(EchoMethod, service is null ? null! : new DuplexStreamingServerMethod<string, string>(service.Echo));
    }

    public abstract Task<string> One(string request, ServerCallContext context);

    public abstract Task Down(string request, IServerStreamWriter<string> responses, ServerCallContext context);

    public abstract Task<string> Up(IAsyncStreamReader<string> requests, ServerCallContext context);

    public abstract Task Both(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context);

    public abstract Task Echo(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context);
}
