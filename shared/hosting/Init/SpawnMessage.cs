using System.Runtime.InteropServices;
using System.Text;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <summary>A <see cref="SpawnSpec"/> as pv-init reads it.</summary>
internal static class SpawnMessage
{
    public static Outcome<(Spawn Message, SafeHandle[] Descriptors)> From(SpawnSpec spec)
    {
        int descriptors = spec.Descriptors.Count + spec.Kept.Count;
        if (descriptors > InitProtocol.MaxDescriptors)
        {
            return new Fault(FaultKind.InvalidArgument, $"{descriptors} descriptors: at most {InitProtocol.MaxDescriptors}");
        }

        var environment = EncodedEnvironment.Of(spec.Environment);
        long bytes = spec.Arguments.Sum(text => (long)text.Length) + environment.Characters;
        if (bytes > InitProtocol.MaxMessageBytes / 4)
        {
            return new Fault(FaultKind.InvalidArgument, $"it has {bytes} characters of arguments and variables: no process can be given as many");
        }

        var handles = new SafeHandle[descriptors];
        int[] targets = new int[spec.Descriptors.Count];
        string[] names = new string[spec.Kept.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            (handles[i], targets[i]) = spec.Descriptors[i];
        }

        for (int i = 0; i < names.Length; i++)
        {
            (names[i], handles[targets.Length + i]) = spec.Kept[i];
        }

        return (
            new Spawn(
                spec.Label,
                spec.State.ToArray(),
                [.. spec.Arguments.Select(Encoding.UTF8.GetBytes)],
                environment.Bytes,
                Encoding.UTF8.GetBytes(spec.WorkingDirectory),
                (int)spec.Grouping,
                targets,
                names,
                Attributes(spec)),
            handles);
    }

    private static SpawnAttributes Attributes(SpawnSpec spec) => new()
    {
        Uid = spec.Uid,
        Gid = spec.Gid,
        Groups = spec.Groups,
        Limits = [.. spec.Limits.Select(limit => new ResourceLimit((int)limit.Resource, Number(limit.Soft), Number(limit.Hard)))],
        Nice = spec.Nice,
        OomScore = spec.OomScoreAdjustment,
        Umask = spec.Umask,
        NoNewPrivileges = spec.NoNewPrivileges,
        Terminal = spec.ControllingTerminal,
        OwnCgroup = spec.OwnCgroup,
        PidFd = spec.HoldPidFd,
    };

    private static long Number(long? limit) => limit ?? ResourceLimit.Unlimited;
}
