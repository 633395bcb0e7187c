using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Init.Adapters;

namespace PvExec.Init.Supervision;

/// <summary>One process of a service.</summary>
/// <param name="process">Null when there was no descriptor left to hold it with.</param>
internal sealed class ServiceInstance(SupervisedService service, int pid, SafeFileHandle? process) : IDisposable
{
    private byte[] _status = [];
    private int _statusLength;

    public SupervisedService Service { get; } = service;

    public int Pid { get; } = pid;

    public SafeFileHandle? PidFd { get; } = process;

    public long StartedAt { get; } = Clock.Monotonic;

    /// <summary>Set as soon as it is out of the process table: its number may mean another process from then on.</summary>
    public ReapedProcess? End { get; set; }

    /// <summary>When it said READY=1; 0 before.</summary>
    public long ReadyAt { get; set; }

    /// <summary>It was ended because it was not ready in time.</summary>
    public bool IsLate { get; set; }

    /// <summary>Its last STATUS=.</summary>
    public string StatusText => Encoding.UTF8.GetString(_status.AsSpan(0, _statusLength));

    /// <summary>Its connection to pv-init, once it has said Hello.</summary>
    public Line? Line { get; set; }

    /// <summary>It has been told what the service owns: it is the service, or was.</summary>
    public bool Owns { get; set; }

    /// <summary>The last descriptor of the store that was passed to it at its start, as the stored ones are numbered; 0 for none.</summary>
    public long StorePassed { get; set; }

    /// <summary>It said RELOADING=1, and not READY=1 since.</summary>
    public bool IsReloading { get; set; }

    /// <summary>It said STOPPING=1.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Milliseconds that it may be silent; 0 for as long as it likes.</summary>
    public long WatchdogInterval { get; set; }

    /// <summary>When it last gave a sign of life (WATCHDOG=1).</summary>
    public long LastSign { get; set; }

    /// <summary>When it is killed after it was told to abort.</summary>
    public long KillAt { get; set; } = long.MaxValue;

    /// <summary>Of its TakeOver that is not answered yet; null when there is none.</summary>
    public ulong? TakeOver { get; set; }

    public void SetStatus(ReadOnlySpan<byte> text)
    {
        if (_status.Length < text.Length)
        {
            _status = new byte[text.Length * 2];
        }

        text.CopyTo(_status);
        _statusLength = text.Length;
    }

    public void Dispose() => PidFd?.Dispose();
}
