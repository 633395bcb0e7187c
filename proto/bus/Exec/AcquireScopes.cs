using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>
/// Asks exec for a lease on scopes: all of them at once, in the queue behind those who asked before. Answered by
/// <see cref="ScopesAcquired"/>, or DeadlineExceeded after the wait limit.
/// </summary>
/// <param name="Inputs">Scopes to read: shared with other readers.</param>
/// <param name="Outputs">Scopes to write: exclusive.</param>
/// <param name="Holder">Who asks, for people: <c>pv-worktree</c>.</param>
/// <param name="Reason">What for, for people: <c>autosave</c>.</param>
/// <param name="WaitLimit">How long to wait for them; milliseconds on the wire.</param>
public sealed record AcquireScopes(
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    string Holder,
    string Reason,
    TimeSpan WaitLimit) : IBusMessage<AcquireScopes>
{
    public static string Kind => "exec.scopes.acquire";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.WriteTexts(Inputs);
        writer.WriteTexts(Outputs);
        writer.Write(Holder);
        writer.Write(Reason);
        writer.WriteDuration(WaitLimit);
    }

    public static AcquireScopes Read(ref MessagePackReader reader)
    {
        reader.ReadFields(5);
        return new AcquireScopes(reader.ReadTexts(), reader.ReadTexts(), reader.ReadText(), reader.ReadText(), reader.ReadDuration());
    }
}
