using PvExec.Linux.Trees;

namespace PvExec.Tasks.Adapters;

/// <summary>Which of a task's files may be there: one look at the directory instead of one for each of them, as most tasks have few.</summary>
/// <param name="present">A bit for each of <see cref="TaskReader.AllFiles"/>.</param>
internal readonly struct TaskFileNames(int present)
{
    /// <summary>Room for well over a hundred names; where there are more, each file is looked for.</summary>
    private const int BlockBytes = 8192;

    /// <summary>Nothing is known.</summary>
    public static TaskFileNames Any => new(-1);

    /// <summary>One that fails to list its names may still have them.</summary>
    public static TaskFileNames In(FileDescriptor directory)
    {
        try
        {
            return Read(directory);
        }
        catch (FileCallException)
        {
            return Any;
        }
    }

    public bool MayHave(string name)
    {
        int i = 0;
        while (TaskReader.AllFiles[i].Text != name)
        {
            i++;
        }

        return (present & (1 << i)) != 0;
    }

    private static TaskFileNames Read(FileDescriptor directory)
    {
        Span<byte> buffer = stackalloc byte[BlockBytes];
        DirectoryBlock block = DirectoryEntries.NextBlock(directory, buffer);
        int present = 0;
        while (block.TryNext(out ReadOnlySpan<byte> name))
        {
            for (int i = 0; i < TaskReader.AllFiles.Length; i++)
            {
                if (name.SequenceEqual(TaskReader.AllFiles[i].Utf8))
                {
                    present |= 1 << i;
                }
            }
        }

        return DirectoryEntries.NextBlock(directory, buffer).IsEmpty ? new TaskFileNames(present) : Any;
    }
}
