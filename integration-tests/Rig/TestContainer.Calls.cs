using System.Text;
using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

// The calls, made by the client that Python's stock generator made from Client/contract.proto and tasks.proto.
public sealed partial class TestContainer
{
    private const string Generate =
        "mkdir /tmp/client && cd " + Paths.Client + " && cp *.py /tmp/client/"
        + " && python3 -m grpc_tools.protoc -I . --python_out=/tmp/client --grpc_python_out=/tmp/client contract.proto tasks.proto";

    private readonly Lazy<Task> _client;

    /// <summary>Makes the call <paramref name="rpc"/> and waits for its answer.</summary>
    public async Task<CallResult> CallAsync(string rpc, object request)
    {
        await _client.Value;
        ShellResult result = await ShellAsync("python3 /tmp/client/call.py \"$1\" \"$2\"", rpc, JsonSerializer.Serialize(request));
        return CallResult.Parse(result.Text);
    }

    /// <summary>Makes the call <paramref name="rpc"/> of <c>pvexec.v1.Tasks</c> and waits for all that it has to say.</summary>
    public async Task<RunEvents> CallTasksAsync(string rpc, object request)
    {
        await _client.Value;
        ShellResult result = await ShellAsync("python3 /tmp/client/call_tasks.py \"$1\" \"$2\"", rpc, JsonSerializer.Serialize(request));
        return RunEvents.Parse(result.Text);
    }

    /// <summary>Runs a task and waits for it.</summary>
    public Task<CallResult> RunTaskAsync(string task, string data = "", params (string Key, string Value)[] variables) =>
        CallAsync("Exec", new
        {
            task_name = task,
            data = Convert.ToBase64String(Encoding.UTF8.GetBytes(data)),
            wait_for_completion = true,
            key_values = Pairs(variables),
        });

    /// <summary>Starts a task and does not wait for it.</summary>
    public Task<CallResult> StartTaskAsync(string task, params (string Key, string Value)[] variables) =>
        CallAsync("Exec", new { task_name = task, wait_for_completion = false, key_values = Pairs(variables) });

    /// <summary>Makes a task that is looked up before those of the image.</summary>
    public async Task AddTaskAsync(string name, string run, string? log = null, string[]? reads = null, string[]? writes = null)
    {
        string directory = $"{Paths.OwnTasks}/{name}";
        await WriteAsync($"{directory}/run", run, "755");
        if (log is not null)
        {
            await WriteAsync($"{directory}/log", log, "755");
        }

        if (reads is not null)
        {
            await WriteAsync($"{directory}/input_scopes", string.Join('\n', reads) + "\n");
        }

        if (writes is not null)
        {
            await WriteAsync($"{directory}/output_scopes", string.Join('\n', writes) + "\n");
        }
    }

    /// <summary>Configures a process that is to run.</summary>
    public Task<CallResult> StartProcessAsync(string name, string[] command, int port = 0, params (string Key, string Value)[] variables) =>
        CallAsync("ConfigureProcess", new
        {
            process_name = name,
            start_cmd = command,
            run_path = "/tmp",
            enabled = true,
            listening_port = port,
            env_vars = Pairs(variables),
        });

    /// <summary>Stops a process and forgets it.</summary>
    public Task<CallResult> RemoveProcessAsync(string name) =>
        CallAsync("ConfigureProcess", new { process_name = name, enabled = false });

    public async Task<string> ProcessStateAsync(string name) =>
        (await CallAsync("GetProcessState", new { process_name = name })).State;

    /// <summary>Waits up to 30 s for the process to be in <paramref name="state"/>, asking as a client would.</summary>
    public async Task WaitForStateAsync(string name, string state)
    {
        await _client.Value;
        string request = JsonSerializer.Serialize(new { process_name = name });
        await WaitUntilAsync($"python3 /tmp/client/call.py GetProcessState '{request}' | tee /dev/stderr | grep -q '\"{state}\"'");
    }

    /// <summary>Makes the client, in /tmp/client; every call does so by itself.</summary>
    public Task GenerateClientAsync() => _client.Value;

    private async Task MakeClientAsync() => _ = (await ShellAsync(Generate)).Text;

    private static object[] Pairs((string Key, string Value)[] variables) =>
        [.. variables.Select(pair => (object)new { key = pair.Key, value = pair.Value })];
}
