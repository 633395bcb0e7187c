using System.Text;
using Grpc.Core;

namespace PvExec.Hosting.Tests.Unary;

/// <summary>What a generated base class would be, of a service with one method, whose messages are texts.</summary>
[BindServiceMethod(typeof(TrialsBase), nameof(BindService))]
public abstract class TrialsBase
{
    /// <summary>What can be received and not be sent.</summary>
    public const string Unspeakable = "unspeakable";

    private static readonly Marshaller<string> Word = Marshallers.Create(
        word => word == Unspeakable ? throw new FormatException("no words for it") : Encoding.UTF8.GetBytes(word), bytes => new UTF8Encoding(false, true).GetString(bytes));

    private static readonly Method<string, string> TryMethod = new(MethodType.Unary, "test.Trials", nameof(Try), Word, Word);

    public static void BindService(ServiceBinderBase binder, TrialsBase? service) =>
        binder.AddMethod(TryMethod, service is null ? null! : new UnaryServerMethod<string, string>(service.Try));

    public abstract Task<string> Try(string request, ServerCallContext context);
}
