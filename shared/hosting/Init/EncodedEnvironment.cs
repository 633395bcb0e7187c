using System.Text;

namespace PvExec.Hosting.Init;

/// <summary>Variables as bytes. Those of the last start are remembered: most children of a service are given the very same ones.</summary>
/// <param name="variables">Never changed.</param>
internal sealed class EncodedEnvironment(IReadOnlyList<string> variables)
{
    private static EncodedEnvironment? s_last;

    private readonly byte[][] _bytes = [.. variables.Select(Encoding.UTF8.GetBytes)];

    public static byte[][] Of(IReadOnlyList<string> variables)
    {
        EncodedEnvironment? last = Volatile.Read(ref s_last);
        if (last is null || !last.IsOf(variables))
        {
            last = new EncodedEnvironment(variables);
            Volatile.Write(ref s_last, last);
        }

        return last._bytes;
    }

    private bool IsOf(IReadOnlyList<string> others) => ReferenceEquals(variables, others);
}
