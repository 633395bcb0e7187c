using PvExec.Kernel;

namespace PvExec.Bench;

/// <summary>A directory with pv-init and what it is to start: it starts the programs beside it.</summary>
public sealed class ProgramSet : IDisposable
{
    private const string Init = "pv-init";

    private readonly DirectoryInfo? _made;

    private ProgramSet(string directory, DirectoryInfo? made)
    {
        InitPath = Path.Combine(directory, Init);
        _made = made;
    }

    public string InitPath { get; }

    public string Directory => Path.GetDirectoryName(InitPath)!;

    /// <summary>The published daemons.</summary>
    public static ProgramSet Published(BenchOptions options) => new(options.Programs, null);

    /// <summary>The published pv-init, and the daemons compiled just in time, as bench/lib.sh builds them.</summary>
    public static ProgramSet JustInTime(BenchOptions options) =>
        With(options, service => Path.Combine(options.Programs, $"../../services/{service.Name()}/src/bin/Release/net10.0", service.Program()));

    /// <summary>The published pv-init, and the given programs in place of the daemons.</summary>
    /// <param name="program">The path of the program for a service.</param>
    public static ProgramSet With(BenchOptions options, Func<Service, string> program)
    {
        DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("pvb-");
        // A copy: pv-init looks beside the file that it was started from, whatever link led there.
        File.Copy(Path.Combine(options.Programs, Init), Path.Combine(directory.FullName, Init));
        foreach (Service service in Services.All)
        {
            File.CreateSymbolicLink(Path.Combine(directory.FullName, service.Program()), Path.GetFullPath(program(service)));
        }

        return new ProgramSet(directory.FullName, directory);
    }

    public void Dispose() => _made?.Delete(recursive: true);
}
