namespace PvExec.Bus.Transport;

/// <summary>
/// The 64 bytes that open a ZMTP 3 connection: a signature of ten, the version, the mechanism's name padded to twenty,
/// and 32 that mean nothing to the NULL mechanism: https://rfc.zeromq.org/spec/23/.
/// </summary>
internal static class Greeting
{
    public const int Bytes = 64;

    /// <summary>What every ZMTP peer since version 2 begins with; a length in version 1.</summary>
    public const byte First = 0xFF;

    private const int SignatureEnd = 9;
    private const int MajorVersion = 10;
    private const int MechanismStart = 12;
    private const int MechanismBytes = 20;

    private static ReadOnlySpan<byte> Mechanism => "NULL"u8;

    /// <summary>Whether that byte can stand at that position.</summary>
    public static bool Fits(int position, byte value) => position switch
    {
        0 => value == First,
        SignatureEnd => (value & 1) == 1,
        MajorVersion => value >= 3,
        >= MechanismStart and < MechanismStart + MechanismBytes => value == MechanismAt(position - MechanismStart),
        _ => true,
    };

    private static byte MechanismAt(int index) => index < Mechanism.Length ? Mechanism[index] : (byte)0;
}
