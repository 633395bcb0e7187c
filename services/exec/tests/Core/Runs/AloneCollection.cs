namespace PvExec.Exec.Tests.Core.Runs;

/// <summary>Tests that run while no other does.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
