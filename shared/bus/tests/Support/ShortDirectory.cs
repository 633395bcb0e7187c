namespace PvExec.Bus.Tests.Support;

/// <summary>A directory for sockets, whose paths may have 108 bytes.</summary>
internal sealed class ShortDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bus");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>Lets every user in, so that only the credentials stand between.</summary>
    public void OpenToAll() => File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0x1FF);

    public void Dispose() => _directory.Delete(recursive: true);
}
