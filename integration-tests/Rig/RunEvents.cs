using System.Text;
using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

/// <summary>What a client made by Python's stock generator got back from a call of <c>pvexec.v1.Tasks</c>.</summary>
/// <param name="Code">The status by name, such as <c>OK</c>.</param>
/// <param name="Messages">All of them, their fields under their names in tasks.proto; 64-bit numbers are texts.</param>
public sealed record RunEvents(string Code, string Details, JsonElement[] Messages)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static RunEvents Parse(string json) => JsonSerializer.Deserialize<RunEvents>(json, Format)!;

    /// <summary>The one event of that kind, such as <c>exited</c>.</summary>
    public JsonElement One(string kind)
    {
        Assert.True(Code == "OK", $"{Code}: {Details}");
        return Assert.Single(All(kind));
    }

    public JsonElement[] All(string kind) => [.. Messages.Where(message => message.TryGetProperty(kind, out _)).Select(message => message.GetProperty(kind))];

    /// <summary>All that was told of a stream, without gaps.</summary>
    public byte[] Bytes(string stream)
    {
        var all = new MemoryStream();
        foreach (JsonElement output in All("output").Where(output => output.GetProperty("stream").GetString() == stream))
        {
            all.Write(output.GetProperty("data").GetBytesFromBase64());
        }

        return all.ToArray();
    }

    public string Text(string stream) => Encoding.UTF8.GetString(Bytes(stream));

    /// <summary>How many bytes of all streams were not kept.</summary>
    public long Missing => All("gap").Sum(gap => Number(gap, "length"));

    /// <summary>A number that is left out when it is 0.</summary>
    public static long Number(JsonElement message, string field) =>
        !message.TryGetProperty(field, out JsonElement value) ? 0 : value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : value.GetInt64();
}
