using PvExec.Init.Core;
using PvExec.Linux.Processes;

namespace PvExec.Init.Children;

/// <summary>What a child gets that asks for nothing: what pv-init had before it changed that for itself.</summary>
/// <param name="Descriptors">RLIMIT_NOFILE before pv-init raised its own. The services keep the raised one.</param>
/// <param name="OomScore">oom_score_adj before pv-init lowered its own; null when it could not. The services get it too.</param>
/// <param name="Mark">Null when the hard RLIMIT_LOCKS leaves no room for it.</param>
/// <param name="IsPrivileged">Whether supplementary groups can be dropped.</param>
internal sealed record ChildDefaults(DescriptorLimit Descriptors, int? OomScore, DescendantMark? Mark, bool IsPrivileged);
