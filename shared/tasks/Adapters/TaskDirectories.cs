using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <summary>The task directories below the config roots, read anew at each look-up, so that an edit counts at once.</summary>
/// <param name="roots">In the order of look-up; each an existing directory or not.</param>
public sealed class TaskDirectories(IReadOnlyList<string> roots)
{
    private const int HeaderBytes = 4;

    /// <summary>A fault for the first root that is not there or holds nothing.</summary>
    public Outcome<Unit> Check()
    {
        foreach (string root in roots)
        {
            try
            {
                if (!Directory.EnumerateFileSystemEntries(root).Any())
                {
                    return new Fault(FaultKind.FailedPrecondition, $"-exec-config-root {root} is empty: put task directories into it or name another one");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new Fault(FaultKind.NotFound, $"-exec-config-root {root} cannot be read as a directory: {e.Message}");
            }
        }

        return Unit.Value;
    }

    /// <summary>The task of that name in the first root that has a directory of that name.</summary>
    /// <remarks>
    /// The directory must be below the root, symbolic links resolved. <c>run</c> and <c>log</c> may be links to anywhere:
    /// who may place them may as well write them.
    /// </remarks>
    public Outcome<TaskDefinition> Find(TaskName name)
    {
        foreach (string root in roots)
        {
            if (RealPath.Resolve(root, out string? realRoot) != 0)
            {
                continue;
            }

            int errno = RealPath.Resolve(Path.Combine(root, name.Value), out string? directory);
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                continue;
            }

            if (errno != 0)
            {
                return new Fault(FaultKind.FailedPrecondition, $"task '{name}' cannot be looked up in {root}: {Errno.Describe(errno)}");
            }

            if (!IsBelow(directory!, realRoot!))
            {
                return new Fault(
                    FaultKind.InvalidArgument,
                    $"task '{name}' leaves its config root {root}: it is a symbolic link to {directory}");
            }

            if (Directory.Exists(directory))
            {
                return Read(name, directory);
            }
        }

        return new Fault(FaultKind.NotFound, $"no task '{name}' below {string.Join(", ", roots)}");
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length && (root == "/" || path[root.Length] == '/');

    private static Outcome<TaskDefinition> Read(TaskName name, string directory)
    {
        Outcome<string[]> run = Command(name, Path.Combine(directory, "run"));
        if (!run.TryGet(out string[]? arguments, out Fault? fault))
        {
            return fault;
        }

        string[]? filter = null;
        string log = Path.Combine(directory, "log");
        if (File.Exists(log) && FileAccessCheck.MayExecute(log) && !Command(name, log).TryGet(out filter, out fault))
        {
            return fault;
        }

        Outcome<string[]> inputs = Scopes(name, Path.Combine(directory, "input_scopes"));
        Outcome<string[]> outputs = Scopes(name, Path.Combine(directory, "output_scopes"));
        return inputs.Then(reads => outputs.Then<TaskDefinition>(writes =>
            new TaskDefinition(name, directory, arguments, filter, ScopeSet.From(reads, writes))));
    }

    private static Outcome<string[]> Command(TaskName name, string file)
    {
        if (!File.Exists(file))
        {
            return Directory.Exists(file)
                ? new Fault(FaultKind.FailedPrecondition, $"task '{name}': {file} is a directory: it must be an executable file")
                : new Fault(FaultKind.NotFound, $"task '{name}' has no file {file}");
        }

        if (!FileAccessCheck.MayExecute(file))
        {
            return new Fault(FaultKind.FailedPrecondition, $"task '{name}': {file} is not executable: chmod +x it");
        }

        try
        {
            return IsProgram(file) ? new[] { file } : new[] { "bash", file };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultKind.FailedPrecondition, $"task '{name}': {file} cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether execve(2) takes the file as it is: a <c>#!</c> line or a compiled program.</summary>
    private static bool IsProgram(string file)
    {
        using var handle = File.OpenHandle(file);
        Span<byte> header = stackalloc byte[HeaderBytes];
        header = header[..RandomAccess.Read(handle, header, 0)];
        return header.StartsWith("#!"u8) || header.SequenceEqual("\u007fELF"u8);
    }

    private static Outcome<string[]> Scopes(TaskName name, string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
            {
                return Array.Empty<string>();
            }

            return info.Length > ScopeFile.MaxBytes
                ? new Fault(FaultKind.FailedPrecondition, $"task '{name}': {file} is larger than {ScopeFile.MaxBytes} bytes")
                : ScopeFile.Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultKind.FailedPrecondition, $"task '{name}': {file} cannot be read: {e.Message}");
        }
    }
}
