using PvExec.Bench;
using PvExec.Bench.Restarts;

const int Callers = 32;

BenchOptions options = BenchOptions.Parse(args);
using ProgramSet programs = ProgramSet.Published(options);
await using RootProcess root = await RootProcess.StartReadyAsync(programs);
using (var front = new Front(root.Port))
{
    await front.CallEachAsync();
}

var disturber = new Disturber(root, Path.Combine(options.Programs, "pv_exec"));
var plan = new Plan(disturber, times: options.Size(full: 20, quick: 2), undisturbed: TimeSpan.FromSeconds(options.Size(full: 3, quick: 1)));
using var load = new Load(root.Port, Callers);
await plan.RunAsync();
IReadOnlyList<CallRecord> calls = await load.StopAsync();

new Report(calls, plan).Write();
Results.Note($"{Callers} callers, each with a connection to the front, call {string.Join(", ", CallKind.All.Select(kind => kind.Name))} in turn without a pause: {Amount.Count(calls.Count)} calls");
Results.Note("Counted are the calls under way between the moment a restart was asked for, or the signal sent, and the moment the new service was ready");
Results.Note("In flight in a killed service is what was sent to it before its process had ended; in a killed front, whatever was sent through it");
