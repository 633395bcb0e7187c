using System.Diagnostics;
using PvExec.Kernel;

namespace PvExec.Bench.Restarts;

/// <summary>What happens while the callers call, and what it was like.</summary>
/// <param name="times">How often each service is restarted, and how often it is killed.</param>
/// <param name="undisturbed">How long nothing happens, before each service's turn.</param>
internal sealed class Plan(Disturber disturber, int times, TimeSpan undisturbed)
{
    /// <summary>Between two graceful restarts.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// From one kill to the next, of the next service. A service that has been ready for ten seconds starts again at once
    /// when it is killed; with four in turn each has had eleven.
    /// </summary>
    private static readonly TimeSpan KillPace = TimeSpan.FromSeconds(2.75);

    private readonly List<Disturbance> _disturbances = [];
    private readonly List<(long From, long To)> _quiet = [];
    private readonly Dictionary<Service, string> _refusals = [];

    public IReadOnlyList<Disturbance> Disturbances => _disturbances;

    /// <summary>The spans of time without a disturbance.</summary>
    public IReadOnlyList<(long From, long To)> Quiet => _quiet;

    /// <summary>The services that could not be restarted as often as planned, and why.</summary>
    public IReadOnlyDictionary<Service, string> Refusals => _refusals;

    public async Task RunAsync()
    {
        foreach (Service service in Services.All)
        {
            await BeQuietAsync();
            Results.Progress($"restarting {service.Name()}");
            await RestartAsync(service);
        }

        for (int round = 0; round < times; round++)
        {
            Results.Progress($"killing each, round {round + 1} of {times}");
            foreach (Service service in Services.All)
            {
                Task pace = Task.Delay(KillPace);
                _disturbances.Add(await disturber.KillAsync(service));
                await pace;
            }
        }
    }

    private async Task BeQuietAsync()
    {
        long from = Stopwatch.GetTimestamp();
        await Task.Delay(undisturbed);
        _quiet.Add((from, Stopwatch.GetTimestamp()));
    }

    private async Task RestartAsync(Service service)
    {
        try
        {
            for (int i = 0; i < times; i++)
            {
                _disturbances.Add(await disturber.RestartAsync(service));
                await Task.Delay(Settle);
            }
        }
        catch (InvalidOperationException e)
        {
            // The kills are measured all the same.
            _refusals.Add(service, e.Message);
        }
    }
}
