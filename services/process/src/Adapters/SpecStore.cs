using Microsoft.Extensions.Logging;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Adapters;

/// <summary>The records of all names, one file each. A write is seen whole or not at all (rename(2)).</summary>
/// <param name="directory">Made when first needed.</param>
/// <param name="log">Told of damaged files.</param>
internal sealed class SpecStore(string directory, ILogger<SpecStore> log)
{
    private const string Suffix = ".spec";

    /// <exception cref="IOException">The disk is full, or the directory cannot be written to.</exception>
    public void Write(SpecRecord record)
    {
        Directory.CreateDirectory(directory);
        string path = PathOf(record.Spec.Name);

        // The directory is on a tmpfs and outlives only this service, not the machine: no fsync.
        File.WriteAllBytes(path + ".new", record.Encode());
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Delete(string name) => DeleteIfThere(PathOf(name));

    public void Clear()
    {
        if (Directory.Exists(directory))
        {
            foreach (string file in Directory.GetFiles(directory, "*" + Suffix))
            {
                DeleteIfThere(file);
            }
        }
    }

    /// <summary>Every record. A damaged one is put aside as <c>.damaged</c>.</summary>
    public IReadOnlyList<SpecRecord> LoadAll()
    {
        var records = new List<SpecRecord>();
        if (!Directory.Exists(directory))
        {
            return records;
        }

        foreach (string file in Directory.GetFiles(directory, "*" + Suffix))
        {
            if (SpecRecord.Decode(File.ReadAllBytes(file)) is { } record)
            {
                records.Add(record);
            }
            else
            {
                ProcessLog.RecordDamaged(log, file);
                File.Move(file, file + ".damaged", overwrite: true);
            }
        }

        return records;
    }

    private string PathOf(string name) => Path.Combine(directory, SafeName.Of(name) + Suffix);

    private void DeleteIfThere(string file)
    {
        if (Directory.Exists(directory))
        {
            File.Delete(file);
        }
    }
}
