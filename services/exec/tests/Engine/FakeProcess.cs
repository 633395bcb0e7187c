using System.Text;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting.Init;
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
            _files[descriptor.Target] = PipeEnd.Open(descriptor.Source, descriptor.Target == 0 ? FileAccess.Read : FileAccess.Write);
        }
    }

    public Child Child { get; }

    public SpawnSpec Spec { get; }

    public void Write(string text, int descriptor = 1) => _files[descriptor].Write(Encoding.UTF8.GetBytes(text));

    public string ReadInput() => new StreamReader(_files[0]).ReadToEnd();

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
