using System.Security.Cryptography;
using System.Text;

namespace PvExec.Processes.Core.Specs;

/// <summary>
/// A file name for a process's name: letters, digits, '-', '_' and '.' as they are, every other byte of its UTF-8 as %XX,
/// a leading '.' too. A name that grows too long for a file is cut and told apart by its hash.
/// </summary>
public static class SafeName
{
    /// <summary>Leaves room for suffixes below the 255 bytes of a file name.</summary>
    public const int MaxLength = 200;

    private const int HashLength = 32;

    public static string Of(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        var safe = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && safe.Length > 0))
            {
                safe.Append(c);
            }
            else
            {
                safe.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        if (safe.Length <= MaxLength)
        {
            return safe.ToString();
        }

        // '~' never comes from the encoding, so a cut name cannot equal a whole one.
        string hash = Convert.ToHexString(SHA256.HashData(bytes))[..HashLength];
        return safe.ToString(0, MaxLength - HashLength - 1) + "~" + hash;
    }
}
