using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PvExec.Hosting.Succession;

namespace PvExec.Hosting.Tests.Succession;

public sealed class CallGateTests
{
    private readonly CallGate _gate = new();
    private readonly TaskCompletionSource _answer = new();

    [Fact]
    public async Task It_is_drained_when_it_is_closed_and_the_last_call_is_answered()
    {
        Task first = _gate.PassAsync(new DefaultHttpContext(), _ => _answer.Task);
        _gate.Close();
        Assert.False(_gate.Drained.IsCompleted);
        _answer.SetResult();
        await first;
        Assert.True(_gate.Drained.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_fails_does_not_keep_it_from_being_drained()
    {
        Task failing = _gate.PassAsync(new DefaultHttpContext(), _ => throw new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        _gate.Close();
        Assert.True(_gate.Drained.IsCompleted);
    }

    [Fact]
    public async Task A_late_call_waits_and_is_then_refused_untouched()
    {
        _gate.Close();
        var resets = new Resets();
        bool isTouched = false;
        Task late = _gate.PassAsync(resets.Context, _ =>
        {
            isTouched = true;
            return Task.CompletedTask;
        });
        Assert.False(late.IsCompleted);
        _gate.Refuse();
        await late;
        Assert.Equal([7], resets.Codes);
        Assert.False(isTouched);
    }

    [Fact]
    public async Task A_call_that_came_in_time_is_refused_like_a_late_one_when_nothing_was_done_for_it()
    {
        var resets = new Resets();
        Task call = _gate.PassAsync(resets.Context, context => _gate.RefuseAsync(context.Features));
        _gate.Close();
        Assert.False(call.IsCompleted);
        _gate.Refuse();
        await call;
        Assert.Equal([7], resets.Codes);
        Assert.True(_gate.Drained.IsCompleted);
    }

    private sealed class Resets : IHttpResetFeature
    {
        public Resets() => Context.Features.Set<IHttpResetFeature>(this);

        public DefaultHttpContext Context { get; } = new();

        public List<int> Codes { get; } = [];

        public void Reset(int errorCode) => Codes.Add(errorCode);
    }
}
