namespace PvExec.Bench.Bus;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Every alternative has its turn in each round; medians are told.</param>
/// <param name="Messages">Round trips of one turn.</param>
/// <param name="Events">Published to the subscribers.</param>
/// <param name="Json">Where the measures are written too, or null.</param>
internal sealed record Plan(int Rounds, int Messages, int Events, string? Json)
{
    /// <summary>What a call with its envelope and arguments comes to.</summary>
    public const int MessageBytes = 100;

    public static IReadOnlyList<int> Outstanding { get; } = [1, 32];

    /// <returns>Null when the arguments are none that we know.</returns>
    public static Plan? Parse(IReadOnlyList<string> arguments)
    {
        var plan = new Plan(Rounds: 7, Messages: 20_000, Events: 50_000, Json: null);
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    plan = plan with { Rounds = 5, Messages = 500, Events = 2_000 };
                    break;
                case "--json" when i + 1 < arguments.Count:
                    plan = plan with { Json = arguments[++i] };
                    break;
                default:
                    return null;
            }
        }

        return plan;
    }
}
