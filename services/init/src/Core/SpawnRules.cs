using PvExec.Proto.Init;

namespace PvExec.Init.Core;

/// <summary>What a Spawn message must fulfil before anything is done with it.</summary>
internal static class SpawnRules
{
    /// <summary>The highest descriptor number in a child.</summary>
    private const int MaxTarget = 1023;

    /// <summary>What is wrong, or null.</summary>
    /// <param name="descriptors">How many came with the message.</param>
    public static string? Problem(Spawn spawn, int descriptors)
    {
        if (spawn.Arguments.Count == 0 || spawn.Arguments[0].Length == 0)
        {
            return $"'{spawn.Label}' names no program";
        }

        if (spawn.Arguments.Any(HasNul) || spawn.Environment.Any(HasNul) || HasNul(spawn.WorkingDirectory))
        {
            return $"'{spawn.Label}' has an argument, a variable or a directory with a null byte in it";
        }

        if (spawn.WorkingDirectory.Length == 0 || spawn.WorkingDirectory[0] != '/')
        {
            return $"'{spawn.Label}' has a working directory that is not absolute";
        }

        if (spawn.State.Length > InitProtocol.MaxStateBytes)
        {
            return $"'{spawn.Label}' has {spawn.State.Length} bytes of state: at most {InitProtocol.MaxStateBytes}";
        }

        if (spawn.Grouping is not (0 or 1))
        {
            return $"'{spawn.Label}' has grouping {spawn.Grouping}: 0 or 1";
        }

        if (spawn.Targets.Any(target => target is < 0 or > MaxTarget) || spawn.Targets.Distinct().Count() != spawn.Targets.Count)
        {
            return $"'{spawn.Label}' maps a descriptor twice, or to a number outside 0 to {MaxTarget}";
        }

        return spawn.Targets.Count + spawn.Kept.Count == descriptors && descriptors <= InitProtocol.MaxDescriptors
            ? null
            : $"'{spawn.Label}' came with {descriptors} descriptors and names {spawn.Targets.Count + spawn.Kept.Count}: at most {InitProtocol.MaxDescriptors}";
    }

    private static bool HasNul(byte[] text) => text.AsSpan().Contains((byte)0);
}
