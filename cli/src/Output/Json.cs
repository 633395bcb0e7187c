using System.Text.Json.Serialization;

namespace PvExec.Cli.Output;

/// <summary>What --json prints: camel case, indented, UTC times in ISO 8601.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ProcessRow>))]
[JsonSerializable(typeof(IReadOnlyList<RunRow>))]
[JsonSerializable(typeof(IReadOnlyList<ServiceRow>))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotRow>))]
[JsonSerializable(typeof(RunRow))]
[JsonSerializable(typeof(SaveRow))]
[JsonSerializable(typeof(ScopesRow))]
[JsonSerializable(typeof(StatusRow))]
[JsonSerializable(typeof(IReadOnlyList<TaskFaultRow>))]
[JsonSerializable(typeof(IReadOnlyList<TaskRow>))]
[JsonSerializable(typeof(TaskRow))]
internal sealed partial class Json : JsonSerializerContext;
