using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <content>
/// Calls of an instance before, which follow their runs in this one: a run stays among those that can be asked for until they have come, however many end
/// meanwhile.
/// </content>
public sealed partial class RunEngine
{
    private readonly List<Run> _takenUp = [];
    private Task _readersExpired = Task.CompletedTask;
    private ITimer? _readersExpected;

    /// <summary>The runs without a result that are read, and by how many calls. Call it when the gate is closed.</summary>
    public IReadOnlyList<ReadRun> Read() =>
        [.. _live.Values.Select(live => new ReadRun(live.Run.Id, live.Run.Output.Readers)).Where(read => read.Readers > 0)];

    /// <summary>Says who is to come for what was taken up. Call it when all of that has been.</summary>
    /// <param name="read">Null when nobody knows, as after a kill: then somebody may come for each of them, and soon.</param>
    public void ExpectReaders(IReadOnlyList<ReadRun>? read)
    {
        if (read is not null)
        {
            Dictionary<RunId, int> known = read.ToDictionary(one => one.Id, one => one.Readers);
            _takenUp.ForEach(run => run.Output.Expect(known.GetValueOrDefault(run.Id)));
            _readersExpired = TrimAsync();
        }

        if (_takenUp.Count > 0)
        {
            TimeSpan atMost = read is null ? options.CallerReturnTime : options.LostCallerTime;
            _readersExpected = time.CreateTimer(_ => _readersExpired = ExpireReadersAsync(), null, atMost, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>It may have ended already, and its end be told at once; until it is known who reads it, somebody may.</summary>
    private void TakeUp(Run run)
    {
        run.Output.Expect(1);
        _takenUp.Add(run);
    }

    /// <summary>Those that have not come went with the instance before.</summary>
    private Task ExpireReadersAsync()
    {
        _readersExpected?.Dispose();
        _takenUp.ForEach(run => run.Output.Expect(0));
        _takenUp.Clear();
        return TrimAsync();
    }

    private async Task TrimAsync()
    {
        if (gate.TryEnter())
        {
            try
            {
                await LetGoAsync(_history.Trim());
            }
            finally
            {
                gate.Leave();
            }
        }
    }
}
