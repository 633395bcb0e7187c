using System.Text;
using PvExec.Proto.Init;

namespace PvExec.Init.Core;

/// <summary>What a Spawn message must fulfil before anything is done with it. Allocates nothing for one that is sound.</summary>
internal static class SpawnRules
{
    /// <summary>The highest descriptor number in a child.</summary>
    private const int MaxTarget = 1023;

    /// <summary>The kernel's NGROUPS_MAX.</summary>
    private const int MaxGroups = 65_536;

    /// <summary>RLIM_NLIMITS: resources have the numbers below it.</summary>
    private const int Resources = 16;

    /// <summary>(uid_t)-1: to setresuid(2) it means that nothing changes.</summary>
    private const uint NoId = uint.MaxValue;

    /// <summary>What is wrong, or null. The field is named.</summary>
    /// <param name="descriptors">How many came with the message.</param>
    public static string? Problem(in SpawnView spawn, int descriptors)
    {
        string? what = ProgramProblem(spawn) ?? DescriptorProblem(spawn, descriptors) ?? IdProblem(spawn) ?? LimitProblem(spawn) ?? NumberProblem(spawn);
        return what is null ? null : $"'{Encoding.UTF8.GetString(spawn.Label.Span)}' has {what}";
    }

    private static string? ProgramProblem(in SpawnView spawn)
    {
        PackedTexts.Enumerator arguments = spawn.Arguments.GetEnumerator();
        if (!arguments.MoveNext() || arguments.Current.IsEmpty)
        {
            return "arguments that name no program";
        }

        ReadOnlySpan<byte> directory = spawn.WorkingDirectory.Span;
        return HasNul(spawn.Arguments) ? "arguments with a null byte in one"
            : HasNul(spawn.Environment) ? "an environment with a null byte in a variable"
            : directory.Contains((byte)0) ? "a working directory with a null byte in it"
            : directory.IsEmpty || directory[0] != '/' ? "a working directory that is not absolute"
            : spawn.State.Length > InitProtocol.MaxStateBytes ? $"{spawn.State.Length} bytes of state: at most {InitProtocol.MaxStateBytes}"
            : spawn.Grouping is < 0 or > 2 ? $"grouping {spawn.Grouping}: 0, 1 or 2"
            : null;
    }

    private static string? DescriptorProblem(in SpawnView spawn, int descriptors)
    {
        Span<bool> taken = stackalloc bool[MaxTarget + 1];
        taken.Clear();
        foreach (long target in spawn.Targets)
        {
            if (target is < 0 or > MaxTarget || taken[(int)target])
            {
                return $"target {target} of a descriptor twice, or outside 0 to {MaxTarget}";
            }

            taken[(int)target] = true;
        }

        int named = spawn.Targets.Count + spawn.Kept.Count;
        if (named != descriptors || descriptors > InitProtocol.MaxDescriptors)
        {
            return $"{descriptors} descriptors, and targets and kept names for {named}: at most {InitProtocol.MaxDescriptors}";
        }

        return spawn.Terminal is not { } terminal ? null
            : terminal is < 0 or > MaxTarget || !taken[terminal] ? $"terminal {terminal}, which is no target of a descriptor"
            : spawn.Grouping != 0 ? $"terminal {terminal} with grouping {spawn.Grouping}: only who leads a session (0) can have one"
            : null;
    }

    private static string? IdProblem(in SpawnView spawn)
    {
        if (spawn.Uid == NoId || spawn.Gid == NoId)
        {
            return $"uid or gid {NoId}, which is none";
        }

        if (spawn.Groups is not { } groups)
        {
            return null;
        }

        foreach (long group in groups)
        {
            if (group is < 0 or >= NoId)
            {
                return $"{group} among its groups: 0 to {NoId - 1}";
            }
        }

        return groups.Count > MaxGroups ? $"{groups.Count} groups: at most {MaxGroups}" : null;
    }

    private static string? LimitProblem(in SpawnView spawn)
    {
        if (spawn.Limits.Count % 3 != 0)
        {
            return $"{spawn.Limits.Count} numbers of limits, which come in threes";
        }

        uint seen = 0;
        PackedNumbers.Enumerator numbers = spawn.Limits.GetEnumerator();
        while (numbers.MoveNext())
        {
            long resource = numbers.Current;
            numbers.MoveNext();
            long soft = numbers.Current;
            numbers.MoveNext();
            long hard = numbers.Current;
            if (resource is < 0 or >= Resources or DescendantMark.Resource || (seen & (1u << (int)resource)) != 0)
            {
                return $"limits with resource {resource} twice, or not of 0 to {Resources - 1}, or {DescendantMark.Resource}, which pv-init uses itself";
            }

            // As unsigned numbers: -1 is RLIM_INFINITY.
            if (soft < ResourceLimit.Unlimited || hard < ResourceLimit.Unlimited || (ulong)soft > (ulong)hard)
            {
                return $"limits with {soft} and {hard} for resource {resource}: the soft one is at most the hard one, -1 is unlimited";
            }

            seen |= 1u << (int)resource;
        }

        return null;
    }

    private static string? NumberProblem(in SpawnView spawn) =>
        spawn.Nice is < -20 or > 19 ? $"nice {spawn.Nice}: -20 to 19"
        : spawn.OomScore is < -1000 or > 1000 ? $"oom_score_adj {spawn.OomScore}: -1000 to 1000"
        : spawn.Umask is > 0x1ff ? $"umask {Convert.ToString((int)spawn.Umask.Value, 8)}: 0 to 777"
        : null;

    private static bool HasNul(in PackedTexts texts)
    {
        foreach (ReadOnlySpan<byte> text in texts)
        {
            if (text.Contains((byte)0))
            {
                return true;
            }
        }

        return false;
    }
}
