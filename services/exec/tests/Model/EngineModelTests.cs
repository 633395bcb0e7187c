using System.Globalization;

namespace PvExec.Exec.Tests.Model;

/// <summary>
/// Random tasks, scopes, leases, ends, cancellations, kills and hand-overs of the service, compared after each step with a
/// reference. PV_EXEC_MODEL_SEEDS and PV_EXEC_MODEL_FIRST_SEED say how many seeds, and PV_EXEC_MODEL_STEPS how many steps of each.
/// </summary>
public sealed class EngineModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(Setting("PV_EXEC_MODEL_FIRST_SEED", 1), Setting("PV_EXEC_MODEL_SEEDS", 6))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_no_two_in_conflict_run_and_nothing_is_lost_or_waits_for_ever(int seed)
    {
        await using var world = new ModelWorld(seed);
        int steps = Setting("PV_EXEC_MODEL_STEPS", 10_000);
        int step = 0;
        try
        {
            for (; step < steps; step++)
            {
                await world.StepAsync();
            }

            await world.EndAllAsync();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}, step {step} ({world.Doing}): {e.Message}", e);
        }
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int set) ? set : usual;
}
