using System.Runtime.InteropServices;
using System.Text;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Tests.Model;

/// <summary>A process, and what pv-init keeps of it until its exit is acknowledged.</summary>
internal sealed class ModelProcess : IDisposable
{
    private readonly SpawnSpec _spec;
    private readonly Dictionary<string, SafeHandle> _kept = [];
    private readonly FileStream[] _files;
    private DateTimeOffset _ended;

    public ModelProcess(ulong id, SpawnSpec spec, DateTimeOffset started)
    {
        (Id, _spec, Started) = (id, spec, started);
        foreach (KeptDescriptor one in spec.Kept)
        {
            _kept[one.Name] = Descriptor.Duplicate(one.Handle);
        }

        _files = [.. spec.Descriptors.Where(one => one.Target is 1 or 2).OrderBy(one => one.Target).Select(one => PipeEnd.Open(one.Source))];
        Child = NewChild(new Dictionary<string, SafeHandle>());
        Write(Run);
    }

    public ulong Id { get; }

    public DateTimeOffset Started { get; }

    /// <summary>The run's id.</summary>
    public string Run => _spec.Label.Split('/')[0];

    public bool IsFilter => _spec.Label.Contains('/', StringComparison.Ordinal);

    /// <summary>As the instance knows it that is connected now.</summary>
    public Child Child { get; private set; }

    /// <summary>Null while it runs.</summary>
    public ExitStatus? Status { get; private set; }

    /// <summary>Whether what it writes is the run's output.</summary>
    public bool IsHeard => _kept.Count > 0;

    /// <summary>All that it wrote to the run's output.</summary>
    public string Written { get; private set; } = "";

    public void Write(string text)
    {
        if (IsHeard)
        {
            _files[0].Write(Encoding.UTF8.GetBytes(text));
            Written += text;
        }
    }

    /// <summary>What another instance is told of, with descriptors of its own.</summary>
    public Child TellAgain()
    {
        Child = NewChild(_kept.ToDictionary(one => one.Key, one => (SafeHandle)Descriptor.Duplicate(one.Value)));
        if (Status is not null)
        {
            TellEnd();
        }

        return Child;
    }

    /// <summary>The end of the process, without a word to anybody.</summary>
    public void End(ExitStatus status, DateTimeOffset when)
    {
        (Status, _ended) = (status, when);
        foreach (FileStream file in _files)
        {
            file.Dispose();
        }
    }

    public void TellEnd() => Child.SetExited(new ChildExit(Status!.Value, _ended, default, default, 0));

    public void Dispose()
    {
        foreach (IDisposable one in _kept.Values.Concat<IDisposable>(_files))
        {
            one.Dispose();
        }
    }

    private Child NewChild(Dictionary<string, SafeHandle> kept) => new(Id, 10_000 + (int)Id, _spec.Label, Started, _spec.State, kept);
}
