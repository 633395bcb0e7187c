using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Exec;

/// <summary>How all services are, as pv-init answers.</summary>
public delegate Outcome<List<ServiceStatus>> ServiceListing();
