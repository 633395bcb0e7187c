using System.Text;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>What a spawn asked for, with descriptors of its own as a real process would have them.</summary>
internal sealed class FakeProcess : IDisposable
{
    private readonly Dictionary<int, FileStream> _files = [];

    public FakeProcess(Child child, SpawnSpec spec)
    {
        Child = child;
        Spec = spec;
        foreach (DescriptorMapping descriptor in spec.Descriptors)
        {
            _files[descriptor.Target] = new FileStream(Descriptor.Duplicate(descriptor.Source), descriptor.Target == 0 ? FileAccess.Read : FileAccess.Write, bufferSize: 0);
        }
    }

    public Child Child { get; }

    public SpawnSpec Spec { get; }

    public void Write(string text, int descriptor = 1) => _files[descriptor].Write(Encoding.UTF8.GetBytes(text));

    public void Write(byte[] bytes, int descriptor = 1) => _files[descriptor].Write(bytes);

    public string ReadInput() => new StreamReader(_files[0]).ReadToEnd();

    /// <summary>What can be read at once, at most a line on a terminal.</summary>
    public string ReadSome()
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _files[0].Read(buffer));
    }

    public byte[] ReadExactly(int count)
    {
        byte[] bytes = new byte[count];
        _files[0].ReadExactly(bytes);
        return bytes;
    }

    public Microsoft.Win32.SafeHandles.SafeFileHandle Handle(int descriptor) => _files[descriptor].SafeFileHandle;

    public void Close(int descriptor) => _files[descriptor].Dispose();

    /// <summary>Ends it; a descendant may keep its files.</summary>
    public void Exit(int code = 0, bool keepFiles = false)
    {
        if (!keepFiles)
        {
            Dispose();
        }

        Child.SetExited(FakeInit.Exit(code));
    }

    public void Dispose()
    {
        foreach (FileStream file in _files.Values)
        {
            file.Dispose();
        }
    }
}
