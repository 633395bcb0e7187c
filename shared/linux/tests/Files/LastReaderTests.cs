using PvExec.Linux.Files;

namespace PvExec.Linux.Tests.Files;

public sealed class LastReaderTests
{
    [Fact]
    public async Task A_pipe_has_lost_its_last_reader_when_that_is_closed()
    {
        PipePair pipe = PipePair.Open();
        using (pipe.WriteEnd)
        {
            Task<bool> gone;
            using (pipe.ReadEnd)
            {
                int descriptor = (int)pipe.WriteEnd.DangerousGetHandle();
                gone = Task.Run(() => LastReader.WaitUntilGone(descriptor));
            }

            Assert.True(await gone);
        }
    }

    [Fact]
    public void A_descriptor_that_is_not_open_has_no_reader_to_lose() => Assert.False(LastReader.WaitUntilGone(1_000_000));
}
