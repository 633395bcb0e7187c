namespace PvExec.Processes.Freezing;

/// <summary>
/// A file that exists while anything may be frozen. It is there before the first process is stopped and goes after the
/// last one was thawed, so a pv-process that finds it at its start knows that it has to thaw.
/// </summary>
internal sealed class FrozenMark(string path)
{
    public bool Exists => File.Exists(path);

    /// <exception cref="IOException">There is no room for it.</exception>
    public void Set()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    public void Clear() => File.Delete(path);
}
