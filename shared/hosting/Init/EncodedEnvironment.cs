using System.Text;

namespace PvExec.Hosting.Init;

/// <summary>Variables as bytes. Those of the last start are remembered: most children of a service are given the very same ones.</summary>
/// <param name="variables">Never changed.</param>
internal sealed class EncodedEnvironment(IReadOnlyList<string> variables)
{
    private static EncodedEnvironment? s_last;

    public byte[][] Bytes { get; } = [.. variables.Select(Encoding.UTF8.GetBytes)];

    /// <summary>How many there are in all.</summary>
    public long Characters { get; } = variables.Sum(text => (long)text.Length);

    public static EncodedEnvironment Of(IReadOnlyList<string> variables)
    {
        EncodedEnvironment? last = Volatile.Read(ref s_last);
        if (last is null || !last.IsOf(variables))
        {
            last = new EncodedEnvironment(variables);
            Volatile.Write(ref s_last, last);
        }

        return last;
    }

    private bool IsOf(IReadOnlyList<string> others) => ReferenceEquals(variables, others);
}
