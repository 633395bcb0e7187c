using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>Where a run's output goes: two pipes, and two files in memory that it is moved to.</summary>
/// <param name="StandardFile">As new.</param>
/// <param name="ErrorFile">As new.</param>
public sealed record OutputPlaces(PipePair Standard, PipePair Error, StreamFile StandardFile, StreamFile ErrorFile) : IDisposable
{
    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static OutputPlaces Open()
    {
        var opened = new Stack<IDisposable>(6);
        try
        {
            return new OutputPlaces(Pipe(), Pipe(), File("pv-exec output"), File("pv-exec errors"));
        }
        catch
        {
            foreach (IDisposable one in opened)
            {
                one.Dispose();
            }

            throw;
        }

        PipePair Pipe()
        {
            PipePair pipe = PipePair.Open();
            opened.Push(pipe.ReadEnd);
            opened.Push(pipe.WriteEnd);
            return pipe;
        }

        StreamFile File(string name)
        {
            StreamFile file = StreamFile.Create(name);
            opened.Push(file);
            return file;
        }
    }

    public void Dispose()
    {
        Standard.ReadEnd.Dispose();
        Standard.WriteEnd.Dispose();
        Error.ReadEnd.Dispose();
        Error.WriteEnd.Dispose();
        StandardFile.Dispose();
        ErrorFile.Dispose();
    }
}
