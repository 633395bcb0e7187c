using System.Globalization;
using PvExec.Bench.Locks;

// Prints one line a figure, fields separated by tabs: measure, what, here, compared with, there, ratio, target.
if (args.Except(["--quick"]).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"PvExec.Bench.Locks: unknown argument '{unknown}': --quick is the only one");
    return 100;
}

bool quick = args.Contains("--quick");
int[] waiters = quick ? [10, 100, 1_000] : [10, 1_000, 100_000];

// So many that the collector runs a few times at each size: fewer would leave its work out where many wait, since it lets much more be made then before it runs.
int operations = quick ? 2_000 : 2_000_000;
int rounds = quick ? 1 : 7;

foreach (Scenario scenario in Scenarios.All)
{
    // Round by round in turn, so that whatever else the machine does meets all alike.
    (double All, double WithoutPauses)[][] times = [.. waiters.Select(_ => new (double, double)[rounds])];
    scenario.Measure(waiters[0], operations);
    for (int round = 0; round < rounds; round++)
    {
        for (int i = 0; i < waiters.Length; i++)
        {
            times[i][round] = scenario.Measure(waiters[i], operations);
        }
    }

    for (int i = 1; i < waiters.Length; i++)
    {
        Compare($"{scenario.What} a second, {Count(waiters[i])} {scenario.Waiting}", times[i].Select(time => time.All), times[0].Select(time => time.All), "flat");
    }

    Compare(
        $"{scenario.What} a second without the collector's pauses, {Count(waiters[^1])} {scenario.Waiting}",
        times[^1].Select(time => time.WithoutPauses), times[0].Select(time => time.WithoutPauses), "");

    void Compare(string what, IEnumerable<double> many, IEnumerable<double> few, string target)
    {
        double here = 1 / Median(many), there = 1 / Median(few);
        Print(what, Count(here), $"{Count(waiters[0])} {scenario.Waiting}", Count(there), (here / there).ToString("0.00", CultureInfo.InvariantCulture), target);
    }
}

int measured = waiters[^1];
Console.WriteLine($"note\tA ticket with one scope that waits takes {Count(Memory.BytesOfAWaitingTicket(measured))} bytes ({Count(measured)} of them)");
return 0;

static void Print(params string[] fields) => Console.WriteLine(string.Join('\t', fields.Prepend("measure")));

static string Count(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
