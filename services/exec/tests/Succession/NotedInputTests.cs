using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Succession;

/// <summary>Runs with a token that wait: their input is in their note, and nobody else waits while that is written.</summary>
public sealed class NotedInputTests : IAsyncLifetime
{
    private static readonly string s_input = string.Concat(Enumerable.Range(0, 50_000).Select(number => $"{number} "));

    private readonly SuccessionFixture _fixture = new();
    private FakeProcess _writer = null!;

    public async ValueTask InitializeAsync()
    {
        await OpenCall.Run(_fixture.Old.Tasks, "writes").AcceptedAsync();
        _writer = await _fixture.StartedAsync();
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task While_it_waits_its_input_is_in_its_note_only_and_it_is_given_all_of_it()
    {
        WeakReference input = Submit("a");
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !input.IsAlive;
            },
            SuccessionFixture.Patience));
        await SeeInputAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_next_instance_gives_it_all_of_it(bool handedOver)
    {
        Submit("a");
        if (handedOver)
        {
            await _fixture.HandOverAsync();
        }
        else
        {
            await _fixture.Old.HandOverAsync();
            _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
        }

        await SeeInputAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_it_is_with_one_that_is_given_more(bool? handedOver)
    {
        string asked = s_input[..100_000];
        Submit("a", asked, new Interaction(null));
        Run run = Assert.Single(_fixture.Old.Engine.Live, one => one.State == RunState.Waiting);
        Assert.Equal(4, _fixture.Old.Engine.GiveInput(run.Input!, "more"u8));
        Assert.Equal(asked.Length + 4, run.Input!.Length);
        Assert.Equal(-1, run.Input.Rest().AsSpan(0, asked.Length).IndexOfAnyExcept((byte)0));
        string more = handedOver == false ? "" : "more";
        if (handedOver == true)
        {
            await _fixture.HandOverAsync();
        }
        else if (handedOver == false)
        {
            // What was given since is sent again: its caller is told where to go on.
            await _fixture.Old.HandOverAsync();
            _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
        }

        Instance instance = handedOver is null ? _fixture.Old : _fixture.New;
        IRunInput input = instance.Engine.Find(run.Id)!.Input!;
        Assert.Equal(asked.Length + more.Length, input.Length);
        Assert.True(instance.Engine.CloseInput(input));
        await SeeInputAsync(asked + more);
    }

    [Fact]
    public async Task While_one_is_noted_others_are_accepted_and_who_comes_for_it_is_told_when_it_has_been()
    {
        using var goOn = new ManualResetEventSlim();
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Store.OnPut = _ =>
        {
            writing.SetResult();
            Assert.True(goOn.Wait(SuccessionFixture.Patience));
        };
        Task<OpenCall> first = Task.Run(() => OpenCall.Run(_fixture.Old.Tasks, "writes", "a"));
        await writing.Task.WaitAsync(SuccessionFixture.Patience);

        await OpenCall.Run(_fixture.Old.Tasks, "free").AcceptedAsync().WaitAsync(SuccessionFixture.Patience);
        FakeProcess free = await _fixture.StartedAsync();
        Task<V1.Accepted> second = OpenCall.Run(_fixture.Old.Tasks, "writes", "a").AcceptedAsync();
        Assert.False(second.IsCompleted);
        Assert.Empty(_fixture.Store.Names);

        goOn.Set();
        V1.Accepted accepted = await (await first.WaitAsync(SuccessionFixture.Patience)).AcceptedAsync();
        Assert.Equal(accepted.RunId, (await second).RunId);
        Assert.True((await second).Attached);
        free.Exit();
        _writer.Exit();
        (await _fixture.StartedAsync()).Exit();
    }

    [Fact]
    public async Task One_that_is_withdrawn_while_it_is_noted_is_found_by_no_instance()
    {
        using var goOn = new ManualResetEventSlim();
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Store.OnPut = _ =>
        {
            writing.SetResult();
            Assert.True(goOn.Wait(SuccessionFixture.Patience));
        };
        Task<OpenCall> call = Task.Run(() => OpenCall.Run(_fixture.Old.Tasks, "writes", "a"));
        await writing.Task.WaitAsync(SuccessionFixture.Patience);
        Run waiting = Assert.Single(_fixture.Old.Engine.Live, run => run.State == RunState.Waiting);
        Task<bool> cancelling = Task.Run(() => _fixture.Old.Engine.CancelAsync(waiting, new Kernel.Fault(Kernel.FaultKind.Cancelled, "not wanted"), Task.Delay(Timeout.Infinite)));
        while (waiting.State == RunState.Waiting)
        {
            await Task.Yield();
        }

        goOn.Set();
        await (await call.WaitAsync(SuccessionFixture.Patience)).RestAsync();
        Assert.True(await cancelling.WaitAsync(SuccessionFixture.Patience));
        using var next = new PvExec.Exec.Succession.WaitingNotes(_fixture.Store, Microsoft.Extensions.Logging.Abstractions.NullLogger<PvExec.Exec.Succession.WaitingNotes>.Instance);
        Assert.Empty(next.Find(_fixture.Store.Inheritance().Stored));
        _writer.Exit();
    }

    private WeakReference Submit(string token, string? text = null, Interaction? interaction = null)
    {
        byte[] input = System.Text.Encoding.ASCII.GetBytes(text ?? s_input);
        var request = new RunRequest("writes", [], input, 0) { Token = new ClientToken(token, "f"), Interaction = interaction };
        Assert.False(_fixture.Old.Engine.Accept(request, RunCaller.New(OnDisconnect.GoOn)).Value.IsAttached);
        return new WeakReference(input);
    }

    private async Task SeeInputAsync(string? expected = null)
    {
        _writer.Exit();
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(expected ?? s_input, await Task.Run(process.ReadInput).WaitAsync(SuccessionFixture.Patience));
        process.Exit();
    }
}
