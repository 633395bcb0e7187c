using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <summary>How all services are, as pv-init answers.</summary>
public delegate Outcome<List<ServiceStatus>> ServiceListing();
