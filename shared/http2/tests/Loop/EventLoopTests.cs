using PvExec.Http2.Loop;
using PvExec.Linux.Events;

namespace PvExec.Http2.Tests.Loop;

public sealed class EventLoopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_fails_and_fails_to_end_does_not_end_the_others(bool inFlush)
    {
        var told = new List<string>();
        using var loop = new EventLoop(TimeProvider.System, error => told.Add(error.Message));
        using var counter = new EventCounter();
        var broken = new Broken();
        if (inFlush)
        {
            loop.FlushLater(broken);
        }
        else
        {
            loop.Add(counter.Handle, broken, PollEvents.Readable);
            counter.Set();
        }

        broken.OnAbandoned = () => loop.Post(loop.Stop);
        loop.After(TimeSpan.Zero, () => { });
        await Task.Run(loop.Run).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["it fails", "it fails to end"], told.Take(2));
    }

    private sealed class Broken : IFlushed
    {
        public Action OnAbandoned { get; set; } = () => { };

        public void OnReady(PollEvents events) => throw new InvalidOperationException("it fails");

        public void Flush() => throw new InvalidOperationException("it fails");

        public void Abandon(Exception error)
        {
            OnAbandoned();
            throw new InvalidOperationException("it fails to end");
        }
    }
}
