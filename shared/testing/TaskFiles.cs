namespace PvExec.Testing;

/// <summary>Directories of tasks, in tests.</summary>
public static class TaskFiles
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <returns>The absolute path.</returns>
    public static string Write(TemporaryDirectory root, string path, string text, bool executable = true)
    {
        string file = root.At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, executable ? Plain | UnixFileMode.UserExecute : Plain);
        return file;
    }
}
