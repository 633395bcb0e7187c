using System.Text;

namespace PvExec.Init.Supervision;

/// <summary>A descriptor that a service has stored. Used again for later ones.</summary>
internal sealed class StoredDescriptor
{
    private byte[] _name = [];
    private int _nameLength;

    /// <summary>Grows with each that is stored.</summary>
    public long Number { get; private set; }

    public int Descriptor { get; private set; }

    public ReadOnlySpan<byte> NameBytes => _name.AsSpan(0, _nameLength);

    public string Name => Encoding.ASCII.GetString(NameBytes);

    public void Begin(long number, ReadOnlySpan<byte> name, int descriptor)
    {
        (Number, Descriptor, _nameLength) = (number, descriptor, name.Length);
        if (_name.Length < name.Length)
        {
            _name = new byte[name.Length];
        }

        name.CopyTo(_name);
    }
}
