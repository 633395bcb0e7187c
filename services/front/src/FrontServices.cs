using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Kernel;

namespace PvExec.Front;

/// <summary>What the front is made of.</summary>
internal static class FrontServices
{
    /// <summary>Needs <see cref="RuntimePaths"/>, <see cref="TimeProvider"/> and logging.</summary>
    /// <param name="listener">Gives the listening socket, which is the server's from then on.</param>
    public static void AddFront(this IServiceCollection services, FrontLimits limits, Func<SafeHandle> listener) =>
        services.AddSingleton(provider => new FrontServer(
            provider.GetRequiredService<RuntimePaths>(),
            provider.GetRequiredService<TimeProvider>(),
            limits,
            listener,
            provider.GetRequiredService<ILogger<FrontServer>>()));
}
