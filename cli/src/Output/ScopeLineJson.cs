using System.Text.Json.Serialization;

namespace PvExec.Cli.Output;

/// <summary>A scope as one line of JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScopeRow))]
internal sealed partial class ScopeLineJson : JsonSerializerContext;
