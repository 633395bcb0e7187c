using PvExec.Kernel;

namespace PvExec.Exec.Adapters.Output;

/// <summary>Where output is kept on disk.</summary>
public static class OutputDirectory
{
    /// <summary>Tries what a run needs of it. Nothing is left there.</summary>
    /// <returns>A fault that says what is wrong with it.</returns>
    public static Outcome<Unit> Check(string directory)
    {
        try
        {
            using StreamFile file = StreamFile.CreateOnDisk(directory);
            return Unit.Value;
        }
        catch (IOException e)
        {
            return new Fault(FaultKind.FailedPrecondition, e.Message);
        }
    }
}
