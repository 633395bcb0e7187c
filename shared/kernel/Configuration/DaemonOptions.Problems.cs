using System.Text;

namespace PvExec.Kernel.Configuration;

/// <summary>What is wrong with them.</summary>
public sealed partial record DaemonOptions
{
    /// <summary>What is wrong with the options taken together; each line names the flag, or the variable in its place, and the value given.</summary>
    public IEnumerable<string> Problems()
    {
        if (AsksForBlobStore)
        {
            yield return "-account-name, -account-key and -container are not supported yet: give --store file:///directory";
        }

        if (ConfigRoots.Count == 0 && !ExternalServices)
        {
            yield return "no -exec-config-root is given: name at least one directory that holds task directories";
        }

        if (!Path.IsPathRooted(RuntimeDir))
        {
            yield return $"{Given(DaemonFlags.RuntimeDir)} '{RuntimeDir}' is not an absolute path";
        }

        if (Encoding.UTF8.GetByteCount(RuntimeDir) > RuntimePaths.MaxRootBytes)
        {
            yield return $"{Given(DaemonFlags.RuntimeDir)} '{RuntimeDir}' is longer than {RuntimePaths.MaxRootBytes} bytes, too long for Unix sockets in it: take a shorter one";
        }

        if (!Path.IsPathRooted(OutputDir))
        {
            yield return $"{Given(DaemonFlags.OutputDir)} '{OutputDir}' is not an absolute path";
        }

        foreach (string scope in SaveScopes)
        {
            if (!ScopeName.Parse(scope).Succeeded(out Fault? fault))
            {
                yield return $"{Given(DaemonFlags.SaveScope)}: {fault.Detail}";
            }
        }

        foreach (string name in ExitOnFailed.Where(name => Services.Parse(name) is null))
        {
            yield return $"{Given(DaemonFlags.ExitOnFailed)} '{name}' is no service: name one of {string.Join(", ", Services.All.Select(service => service.Name()))}";
        }

        foreach (string problem in MainProblems().Concat(WorktreeProblems()))
        {
            yield return problem;
        }
    }

    private IEnumerable<string> MainProblems()
    {
        if (Main is null)
        {
            yield break;
        }

        if (ExternalServices)
        {
            yield return $"{Given(DaemonFlags.Main)} '{Main}' is given with -external-services: let the supervisor of the services end what is to end";
        }
        else if ((MainTask ?? MainProcess) is null or "")
        {
            yield return $"{Given(DaemonFlags.Main)} '{Main}' is no task and no process: give task:NAME or process:NAME";
        }
        else if (MainProcess is { Length: > MaxProcessName } name)
        {
            yield return $"{Given(DaemonFlags.Main)} 'process:{name[..32]}…' has a name of {name.Length} characters: at most {MaxProcessName} are allowed";
        }

        if (MainCommand.Count > 0 && MainProcess is null)
        {
            yield return $"{Given(DaemonFlags.Main)} '{Main}' is given with the command '{MainCommand[0]}' behind --: only a process has one, give process:NAME";
        }
        else if (MainCommand is ["", ..])
        {
            yield return "the command behind -- is empty: give the program and its arguments";
        }
    }

    private IEnumerable<string> WorktreeProblems()
    {
        if (MountPoint is null)
        {
            foreach ((DaemonFlag flag, string? value) in new[] { (DaemonFlags.Worktree, Worktree), (DaemonFlags.SourceWorktree, SourceWorktree), (DaemonFlags.Store, Store) })
            {
                if (value is not null)
                {
                    yield return $"{Given(flag)} '{value}' is given without -mount-point: say where the worktree is to be";
                }
            }

            yield break;
        }

        if (!Path.IsPathRooted(MountPoint))
        {
            yield return $"{Given(DaemonFlags.MountPoint)} '{MountPoint}' is not an absolute path";
        }

        if (Worktree is null)
        {
            yield return $"{Given(DaemonFlags.MountPoint)} '{MountPoint}' is given without -worktree: name the worktree to save to";
        }

        if (Store is null)
        {
            yield return $"{Given(DaemonFlags.MountPoint)} '{MountPoint}' is given without -store: say where snapshots are kept, such as --store file:///var/lib/pv-exec";
        }
        else if (!Store.StartsWith("file:///", StringComparison.Ordinal))
        {
            yield return $"{Given(DaemonFlags.Store)} '{Store}' is not supported: give a URL such as file:///var/lib/pv-exec";
        }

        foreach ((DaemonFlag flag, string? id) in new[] { (DaemonFlags.Worktree, Worktree), (DaemonFlags.SourceWorktree, SourceWorktree) })
        {
            if (id is not null && !IsWorktreeId(id))
            {
                yield return $"{Given(flag)} '{id}' is not a worktree id: 1 to 128 letters, digits, '.', '_' or '-', not starting with '.'";
            }
        }
    }

    /// <summary>1 to 128 ASCII letters, digits, '.', '_' or '-', not starting with '.': safe in every kind of store.</summary>
    public static bool IsWorktreeId(string id) =>
        id.Length is > 0 and <= 128 && id[0] != '.' && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
