namespace PvExec.Bench;

/// <summary>The lines on standard output that bench/run.sh makes the tables of; everything else goes to standard error.</summary>
public static class Results
{
    /// <summary>What an empty column holds.</summary>
    public const string None = "-";

    /// <summary>One row.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">With its unit.</param>
    /// <param name="alternative">What it is compared with, in the same run.</param>
    /// <param name="theirs">With its unit.</param>
    /// <param name="ratio">Ours divided by theirs.</param>
    /// <param name="target">Such as <c>≤ 1.5</c>.</param>
    public static void Measure(string what, string ours, string alternative = None, string theirs = None, string ratio = None, string target = None) =>
        Console.WriteLine(string.Join('\t', "measure", what, ours, alternative, theirs, ratio, target));

    /// <summary>One row of two samples in one unit.</summary>
    /// <param name="show">A value with its unit.</param>
    public static void Compare(string what, Sample ours, string alternative, Sample theirs, Func<double, string> show, string target = None) =>
        Measure(what, show(ours.Median), alternative, show(theirs.Median), Amount.Ratio(ours.Median, theirs.Median), target);

    /// <summary>A line below the table: how it was measured, or what a reader has to know.</summary>
    public static void Note(string text) => Console.WriteLine("note\t" + text);

    /// <summary>Tells whoever waits how far it is.</summary>
    public static void Progress(string text) => Console.Error.WriteLine("   " + text);
}
