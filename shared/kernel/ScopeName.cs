using System.Text;

namespace PvExec.Kernel;

/// <summary>
/// What is locked: a path of names with slashes between them. <c>src</c> holds <c>src/app</c>, which holds whatever is
/// below it; <c>src</c> and <c>srcs</c> have nothing to do with each other. It need not be a path of any file.
/// </summary>
public readonly record struct ScopeName
{
    /// <summary>PATH_MAX.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Every lock costs a step for each segment.</summary>
    public const int MaxSegments = 64;

    private ScopeName(string value) => Value = value;

    /// <summary>Without empty segments and <c>.</c> segments; compared byte by byte.</summary>
    public string Value { get; }

    /// <summary>
    /// The scope a text names: slashes at its ends, several in a row and segments <c>.</c> say nothing, so that
    /// <c>/src//app/</c> and <c>./src/app</c> are <c>src/app</c>. Else what is wrong with it, and what to do.
    /// </summary>
    public static Outcome<ScopeName> Parse(string text)
    {
        if (text.Contains('\0'))
        {
            return Wrong($"scope {Quoted.Of(text)} holds a NUL byte: take it out");
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return Wrong($"scope {Quoted.Of(text)} is longer than {MaxBytes} bytes: take a shorter name");
        }

        string[] segments = [.. text.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".")];
        if (segments.Length == 0)
        {
            return Wrong($"scope {Quoted.Of(text)} names nothing: write a name such as src or src/app");
        }

        if (segments.Contains(".."))
        {
            return Wrong($"scope {Quoted.Of(text)} has the segment '..': write the path from the top");
        }

        if (segments.Length > MaxSegments)
        {
            return Wrong($"scope {Quoted.Of(text)} has {segments.Length} segments, more than {MaxSegments}: name something further up");
        }

        return new ScopeName(string.Join('/', segments));
    }

    public override string ToString() => Value;

    private static Fault Wrong(string detail) => new(FaultKind.InvalidArgument, detail);
}
