using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>What a caller calls a run, so that a request that is repeated does not start a second one.</summary>
/// <param name="Text">The caller's own words.</param>
/// <param name="Fingerprint">Of what was asked for: a request with the same token and another fingerprint is another request.</param>
public sealed record ClientToken(string Text, string Fingerprint)
{
    /// <summary>That of the run of the main task, and of no caller's request: theirs have a hash for a fingerprint.</summary>
    public static readonly ClientToken OfMain = new("pv-exec -main", "main");

    /// <summary>In UTF-8. pv-init keeps it with each process of the run.</summary>
    public const int MaxBytes = 128;

    /// <summary>The token of a request, or null when the text is empty.</summary>
    public static Outcome<ClientToken?> Of(string text, RunRequest request)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaxBytes)
        {
            return new Fault(FaultKind.InvalidArgument, $"client_token {Quoted.Of(text)} has {bytes} bytes: at most {MaxBytes} are kept, use an identifier such as a UUID");
        }

        return bytes == 0 ? (ClientToken?)null : new ClientToken(text, FingerprintOf(request));
    }

    /// <summary>SHA-256, in hexadecimal digits, of the task's name, of the variables whatever their order, of the input, and of what more comes of that.</summary>
    private static string FingerprintOf(RunRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(Encoding.UTF8.GetBytes(request.TaskName));
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in request.Variables)
        {
            variables[name] = value;
        }

        foreach ((string name, string value) in variables)
        {
            Append(Encoding.UTF8.GetBytes(name));
            Append(Encoding.UTF8.GetBytes(value));
        }

        // Between two with a length of their own, so that a variable more is not taken for an input.
        Append([]);
        Append(request.Input.Span);
        if (request.Interaction is { } interaction)
        {
            // A window may have another size when its caller comes back.
            Append(Encoding.UTF8.GetBytes(interaction.Terminal is { } terminal ? "terminal " + terminal.Type : "pipe"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(ReadOnlySpan<byte> part)
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part);
        }
    }
}
