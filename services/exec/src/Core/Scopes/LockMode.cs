namespace PvExec.Exec.Core.Scopes;

/// <summary>What a ticket wants at a node of the hierarchy: there, or only further down.</summary>
/// <remarks>Gray, Lorie, Putzolu, Traiger: Granularity of Locks and Degrees of Consistency in a Shared Data Base (1976).</remarks>
internal enum LockMode : byte
{
    /// <summary>Reads something below.</summary>
    IntentRead,

    /// <summary>Writes something below, perhaps reads something there too.</summary>
    IntentWrite,

    /// <summary>Reads all of it.</summary>
    Read,

    /// <summary>Reads all of it and writes something below.</summary>
    ReadIntentWrite,

    /// <summary>Writes it.</summary>
    Write,
}
