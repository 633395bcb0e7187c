using System.Globalization;

namespace PvExec.Init.Adapters;

/// <summary>/proc/self/oom_score_adj (proc_pid_oom_score_adj(5)): who is killed first when memory runs out, 1000, and who never, -1000.</summary>
internal static class OomScore
{
    private const string Path = "/proc/self/oom_score_adj";
    private const int Lowest = -1000;

    /// <summary>Sets the lowest one that this process may have: with CAP_SYS_RESOURCE -1000, else the one that such a process gave it last.</summary>
    /// <returns>The one before, when it was another; else null.</returns>
    public static int? Lower()
    {
        if (!TryRead(out int before))
        {
            return null;
        }

        // All above a lowest one that is not told are allowed.
        (int refused, int allowed) = (Lowest - 1, before);
        for (int attempt = Lowest; refused + 1 < allowed; attempt = (refused + allowed) / 2)
        {
            if (TryWrite(attempt))
            {
                allowed = attempt;
            }
            else
            {
                refused = attempt;
            }
        }

        return allowed == before ? null : before;
    }

    private static bool TryRead(out int score)
    {
        score = 0;
        try
        {
            return int.TryParse(File.ReadAllText(Path), CultureInfo.InvariantCulture, out score);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc it stays as it is.
            return false;
        }
    }

    private static bool TryWrite(int score)
    {
        try
        {
            File.WriteAllText(Path, score.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Refused: the caller tries a higher one.
            return false;
        }
    }
}
