using PvExec.Kernel;

namespace PvExec.Processes.Adapters;

/// <summary>Whether a working directory is there.</summary>
internal static class RunPaths
{
    public static Outcome<string> Check(string process, string path)
    {
        if (Directory.Exists(path))
        {
            return path;
        }

        return new Fault(FaultKind.InvalidArgument, File.Exists(path)
            ? $"run_path '{path}' of process '{process}' is not a directory: give the directory to run in"
            : $"run_path '{path}' of process '{process}' does not exist: make the directory or give another one");
    }
}
