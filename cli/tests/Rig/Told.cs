using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

/// <summary>Events of a run.</summary>
internal static class Told
{
    public static readonly Timestamp Time = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddMinutes(1));

    public static RunEvent Accepted(string id = "R1", bool attached = false, int inputBytes = 0) =>
        new() { Accepted = new Accepted { RunId = id, Attached = attached, InputBytes = (ulong)inputBytes } };

    public static RunEvent Started() => new() { Started = new Started { Pid = 7, Started_ = Time } };

    public static RunEvent Out(string text, int offset = 0) => Out(ByteString.CopyFromUtf8(text), offset);

    public static RunEvent Out(ByteString data, int offset = 0) =>
        new() { Output = new Api.V1.Output { Stream = OutputStream.Stdout, Offset = (ulong)offset, Data = data } };

    public static RunEvent Err(string text, int offset = 0) =>
        new() { Output = new Api.V1.Output { Stream = OutputStream.Stderr, Offset = (ulong)offset, Data = ByteString.CopyFromUtf8(text) } };

    public static RunEvent Gap(int offset, int length) =>
        new() { Gap = new Gap { Stream = OutputStream.Stdout, Offset = (ulong)offset, Length = (ulong)length } };

    public static RunEvent Queued(params ScopeUser[] waitsFor) => new() { Queued = new Queued { Requested = Time, WaitsFor = { waitsFor } } };

    public static RunEvent Exited(int code = 0) => new() { Exited = new Exited { Code = code, Ended = Time } };

    public static RunEvent Killed(int signal) => new() { Exited = new Exited { Signaled = new Signaled { Signal = signal }, Ended = Time } };

    public static RunEvent NotRun(int status, string reason) => new() { NotRun = new NotRun { Status = status, Reason = reason } };
}
