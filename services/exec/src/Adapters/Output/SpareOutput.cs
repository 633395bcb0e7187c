namespace PvExec.Exec.Adapters.Output;

/// <summary>Has the places of the next run's output made while pv-init starts the one before: nobody waits for the kernel then.</summary>
public sealed class SpareOutput : IDisposable
{
    private OutputPlaces? _next;

    internal OutputPlaces? Next => Volatile.Read(ref _next);

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public OutputPlaces Take() => Interlocked.Exchange(ref _next, null) ?? OutputPlaces.Open();

    /// <summary>Makes the next ones, if there are none.</summary>
    public void Prepare()
    {
        if (Next is not null)
        {
            return;
        }

        OutputPlaces made;
        try
        {
            made = OutputPlaces.Open();
        }
        catch (IOException)
        {
            return; // whoever needs them is told
        }

        if (Interlocked.CompareExchange(ref _next, made, null) is not null)
        {
            made.Dispose(); // another thread was faster
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _next, null)?.Dispose();
}
