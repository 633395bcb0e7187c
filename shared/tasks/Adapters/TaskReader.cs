using System.Text;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Trees;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <summary>Reads the files of one task directory.</summary>
internal static class TaskReader
{
    public const string Run = "run";

    /// <summary>The files that make a directory one of a task even when <c>run</c> is missing.</summary>
    public static readonly IReadOnlyList<string> TellingFiles =
        [Run, "finish", "input_scopes", "output_scopes", "timeout", "timeout-kill", "timeout-finish", "max_concurrent"];

    /// <summary>All that a task's directory may hold for us.</summary>
    public static readonly (string Text, byte[] Utf8)[] AllFiles =
    [
        .. TellingFiles.Concat(["log", "env", "user", "description"]).Select(name => (name, Encoding.UTF8.GetBytes(name))),
    ];

    private const string Passwd = "/etc/passwd";
    private const string Group = "/etc/group";

    /// <param name="directory">Absolute, without symbolic links.</param>
    /// <param name="names">What may be in it.</param>
    public static TaskSource Read(string directory, TaskFileNames names)
    {
        SettingFile? user = ReadSetting("user");
        return new TaskSource(directory)
        {
            Run = ReadProgram(Run),
            Log = ReadProgram("log"),
            Finish = ReadProgram("finish"),
            InputScopes = ReadSetting("input_scopes"),
            OutputScopes = ReadSetting("output_scopes"),
            Environment = names.MayHave("env") ? Environment(directory) : [],
            Timeout = ReadSetting("timeout"),
            TimeoutKill = ReadSetting("timeout-kill"),
            TimeoutFinish = ReadSetting("timeout-finish"),
            User = user,
            Description = ReadSetting("description"),
            MaxConcurrent = ReadSetting("max_concurrent"),
            Accounts = user is null ? null : Accounts.Parse(TextOf(Passwd), TextOf(Group)),
        };

        ProgramFile? ReadProgram(string name) => names.MayHave(name) ? Program(directory, name) : null;
        SettingFile? ReadSetting(string name) => names.MayHave(name) ? Setting(directory, name) : null;
    }

    private static ProgramFile? Program(string directory, string name)
    {
        string path = directory + "/" + name;
        int errno = TypeOf(path, out FileType type);
        if (errno == Errno.ENOENT)
        {
            return null;
        }

        if (errno != 0)
        {
            return new ProgramFile(path, ProgramState.Unreadable, Errno.Describe(errno));
        }

        if (type != FileType.Regular)
        {
            return new ProgramFile(path, ProgramState.NotAFile);
        }

        if (!FileAccessCheck.MayExecute(path))
        {
            return new ProgramFile(path, ProgramState.NotExecutable);
        }

        try
        {
            return new ProgramFile(path, IsProgram(path) ? ProgramState.Program : ProgramState.Script);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProgramFile(path, ProgramState.Unreadable, e.Message);
        }
    }

    /// <summary>Whether execve(2) takes the file as it is: a <c>#!</c> line or a compiled program.</summary>
    private static bool IsProgram(string file)
    {
        using FileDescriptor program = Opening.Path(Encoding.UTF8.GetBytes(file), OpenFlags.ReadOnly);
        Span<byte> header = stackalloc byte[4];
        header = header[..FileContent.Read(program, header, 0)];
        return header.StartsWith("#!"u8) || header.SequenceEqual("\u007fELF"u8);
    }

    /// <summary>A fifo would keep the reader waiting, so the type is looked at before the file is opened.</summary>
    private static SettingFile? Setting(string directory, string name)
    {
        string path = directory + "/" + name;
        int errno = TypeOf(path, out FileType type);
        if (errno != 0)
        {
            return errno == Errno.ENOENT ? null : Unreadable(path, Errno.Describe(errno));
        }

        if (type != FileType.Regular)
        {
            return new SettingFile(path, default, "is not a file: put a text file in its place, or remove it");
        }

        try
        {
            return new SettingFile(path, BytesOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, e.Message);
        }
    }

    /// <summary>A file called <c>env</c> is none of ours: scripts of old may read one.</summary>
    private static SettingFile[] Environment(string directory)
    {
        string path = directory + "/env";
        int errno = TypeOf(path, out FileType type);
        if (errno == Errno.ENOENT || (errno == 0 && type != FileType.Directory))
        {
            return [];
        }

        try
        {
            string[] names = [.. new DirectoryInfo(path).EnumerateFileSystemInfos().Select(entry => entry.Name).Where(name => name[0] != '.')];
            Array.Sort(names, StringComparer.Ordinal);
            return [.. names.Select(name => Setting(path, name)).OfType<SettingFile>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Unreadable(path, e.Message)];
        }
    }

    private static int TypeOf(string path, out FileType type)
    {
        int errno = Statx.TryPath(Encoding.UTF8.GetBytes(path), followSymlinks: true, out FileStat stat);
        type = stat.Type;
        return errno;
    }

    private static byte[] BytesOf(string path)
    {
        using var handle = File.OpenHandle(path);
        byte[] buffer = new byte[Math.Min(RandomAccess.GetLength(handle), SettingFile.MaxBytes + 1)];
        int done = 0;
        int read;
        while (done < buffer.Length && (read = RandomAccess.Read(handle, buffer.AsSpan(done), done)) > 0)
        {
            done += read;
        }

        return buffer[..done];
    }

    /// <summary>One that cannot be read has no entries, and a user that is not found says so.</summary>
    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static SettingFile Unreadable(string path, string reason) =>
        new(path, default, $"cannot be read: {reason}: make it readable for the daemon");
}
