using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

/// <summary>What a client made by Python's stock generator got back.</summary>
/// <param name="Code">The status by name, such as <c>OK</c>.</param>
/// <param name="Details">The status message.</param>
/// <param name="Answer">The message, its fields under their names in the contract.</param>
/// <param name="Trailers">The trailing metadata.</param>
/// <param name="Seconds">From the call to the answer.</param>
public sealed record CallResult(string Code, string Details, JsonElement Answer, Dictionary<string, string> Trailers, double Seconds)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static CallResult Parse(string json) => JsonSerializer.Deserialize<CallResult>(json, Format)!;

    /// <summary><c>ExecResp.data</c>.</summary>
    public byte[] Data => Ok().Answer.GetProperty("data").GetBytesFromBase64();

    /// <summary><c>ExecResp.data</c> as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Data);

    /// <summary><c>GetProcessStateResp.process_state</c>.</summary>
    public string State => Ok().Answer.GetProperty("process_state").GetString()!;

    /// <summary>Itself, if the call succeeded.</summary>
    public CallResult Ok()
    {
        Assert.True(Code == "OK", $"{Code}: {Details}");
        return this;
    }
}
