using System.Runtime.InteropServices;
using PvExec.Kernel;

namespace PvExec.Hosting.Notify;

/// <summary>Descriptors that outlive this instance of the service.</summary>
public interface IDescriptorStore
{
    /// <summary>Stores a copy. Several descriptors may have one name.</summary>
    /// <param name="name">1 to 255 ASCII characters, no control characters, no ':'.</param>
    Outcome<Unit> Put(string name, SafeHandle descriptor);

    /// <summary>Removes all descriptors of that name; none is no fault.</summary>
    Outcome<Unit> Remove(string name);
}
