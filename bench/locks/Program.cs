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
int operations = quick ? 2_000 : 200_000;
int rounds = quick ? 1 : 7;

foreach (Scenario scenario in Scenarios.All)
{
    // Round by round in turn, so that whatever else the machine does meets all alike.
    double[][] rates = [.. waiters.Select(_ => new double[rounds])];
    scenario.Measure(waiters[0], operations);
    for (int round = 0; round < rounds; round++)
    {
        for (int i = 0; i < waiters.Length; i++)
        {
            rates[i][round] = scenario.Measure(waiters[i], operations);
        }
    }

    double few = Median(rates[0]);
    for (int i = 1; i < waiters.Length; i++)
    {
        double many = Median(rates[i]);
        Print(
            $"{scenario.What} a second, {Count(waiters[i])} {scenario.Waiting}", Count(many), $"{Count(waiters[0])} {scenario.Waiting}", Count(few),
            (many / few).ToString("0.00", CultureInfo.InvariantCulture), "flat");
    }
}

int measured = waiters[^1];
Console.WriteLine($"note\tA ticket with one scope that waits takes {Count(Memory.BytesOfAWaitingTicket(measured))} bytes ({Count(measured)} of them)");
return 0;

static void Print(params string[] fields) => Console.WriteLine(string.Join('\t', fields.Prepend("measure")));

static string Count(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

static double Median(double[] values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
