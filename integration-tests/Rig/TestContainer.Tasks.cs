using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

// The calls of pvexec.v1.Tasks, made by the client that Python's stock generator made from tasks.proto.
public sealed partial class TestContainer
{
    /// <summary>Makes a call and waits for its end. The last message has the call's <c>code</c> and <c>details</c>.</summary>
    public async Task<JsonElement[]> StreamTasksAsync(string rpc, object request, double seconds = 60)
    {
        await _client.Value;
        ShellResult result = await ShellAsync("python3 /tmp/client/stream_tasks.py \"$@\"", rpc, JsonSerializer.Serialize(request), Text(seconds));
        _ = result.Text;
        return Messages(result.Lines);
    }

    /// <summary>Makes a call from the background; <see cref="MessagesAsync"/> has what came back so far.</summary>
    /// <returns>The client's process.</returns>
    public async Task<string> OpenTasksAsync(string name, string rpc, object request, double seconds = 60)
    {
        await _client.Value;
        return (await ShellAsync(
            "python3 /tmp/client/stream_tasks.py \"${@:2}\" >\"/tmp/$1.messages\" 2>&1 </dev/null & echo $!", name, rpc, JsonSerializer.Serialize(request), Text(seconds))).Text;
    }

    /// <summary>Runs a task with a client that comes back whenever its call breaks: the output and the exit code are the task's.</summary>
    public async Task<ShellResult> RunResumedAsync(string task, string token)
    {
        await _client.Value;
        return await ShellAsync("python3 /tmp/client/run_task.py \"$1\" \"$2\"", task, token);
    }

    public async Task<JsonElement[]> MessagesAsync(string name) => Messages((await ShellAsync("cat \"/tmp/$1.messages\"", name)).Lines);

    /// <summary>Waits until a line that came back from the call holds the text.</summary>
    public Task WaitForMessageAsync(string name, string text) => WaitUntilAsync($"grep -qF '{text}' /tmp/{name}.messages");

    private static string Text(double seconds) => seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement[] Messages(IEnumerable<string> lines) => [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
}
