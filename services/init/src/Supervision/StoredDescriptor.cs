using Microsoft.Win32.SafeHandles;

namespace PvExec.Init.Supervision;

/// <param name="Number">Grows with each that is stored.</param>
internal sealed record StoredDescriptor(long Number, string Name, SafeFileHandle Handle);
