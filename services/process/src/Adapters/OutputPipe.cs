using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Processes.Adapters;

/// <summary>The pipe that carries a process's standard output and error, both ends close-on-exec (pipe(7)).</summary>
internal sealed class OutputPipe : IDisposable
{
    /// <summary>What pv-init keeps the read end as.</summary>
    public const string KeptName = "output";

    private OutputPipe(SafeFileHandle reading, SafeFileHandle writing) => (Reading, Writing) = (reading, writing);

    public SafeFileHandle Reading { get; }

    public SafeFileHandle Writing { get; }

    public static OutputPipe Create()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        return new OutputPipe(Take(pipe.SafePipeHandle), Take(pipe.ClientSafePipeHandle));
    }

    /// <summary>The same descriptor under another type; <paramref name="handle"/> owns it no longer.</summary>
    public static SafeFileHandle Take(SafeHandle handle)
    {
        if (handle is SafeFileHandle file)
        {
            return file;
        }

        var taken = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return taken;
    }

    public void Dispose()
    {
        Reading.Dispose();
        Writing.Dispose();
    }
}
