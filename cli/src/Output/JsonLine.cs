using System.Text.Json.Serialization;

namespace PvExec.Cli.Output;

/// <summary>As <see cref="Json"/>, an object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecRow))]
[JsonSerializable(typeof(StartedRow))]
[JsonSerializable(typeof(RunRow))]
internal sealed partial class JsonLine : JsonSerializerContext;
