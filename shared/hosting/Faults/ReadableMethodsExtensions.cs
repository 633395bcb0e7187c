using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Faults;

/// <summary>Puts <see cref="ReadableMethods{TService}"/> in the place of what gRPC finds methods by.</summary>
internal static class ReadableMethodsExtensions
{
    public static void AddReadableMethods<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(
        this IServiceCollection services, Action<ServiceBinderBase> bind)
        where TService : class =>
        services.AddSingleton<IServiceMethodProvider<TService>>(provider => new ReadableMethods<TService>(
            bind, provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ReadableMethods<>).FullName!)));

    /// <summary>After AddGrpc: what that has registered would find every method a second time.</summary>
    public static void UseReadableMethodsOnly(this IServiceCollection services) => services.RemoveAll(typeof(IServiceMethodProvider<>));
}
