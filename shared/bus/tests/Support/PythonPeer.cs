using System.Diagnostics;
using System.Text;

namespace PvExec.Bus.Tests.Support;

/// <summary>A stock libzmq socket in a Python process of its own: see peer.py.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly Process _process;
    private bool _disposed;

    private PythonPeer(Process process) => _process = process;

    public static Task<PythonPeer> StartAsync(string role, string how, string path, string identity) =>
        StartAsync(role, how, path, options: "IDENTITY=" + identity);

    /// <param name="options">libzmq's socket options, as <c>RCVHWM=1</c>.</param>
    public static async Task<PythonPeer> StartAsync(string role, string how, string path, params string[] options)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Support", "peer.py"), role, how, "ipc://" + path, .. options];
        var start = new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var peer = new PythonPeer(Process.Start(start)!);
        Assert.Equal("ready", await peer.ReadAsync());
        return peer;
    }

    public Task<string> SendAsync(params string[] frames) => AskAsync("send " + string.Join(',', frames.Select(Hex)));

    public Task<string> SendBytesAsync(params byte[][] frames) => AskAsync("send " + string.Join(',', frames.Select(Convert.ToHexString)));

    public async Task<string[]> ReceiveAsync() =>
        (await AskAsync("recv")).Split(',').Select(frame => Encoding.UTF8.GetString(Convert.FromHexString(frame))).ToArray();

    public async Task<byte[][]> ReceiveBytesAsync() => (await AskAsync("recv")).Split(',').Select(Convert.FromHexString).ToArray();

    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        return await ReadAsync();
    }

    /// <summary>Stops the process where it is: its connections stay open and nobody answers on them.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Kill();
            _process.Dispose();
        }
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static string Hex(string frame) => Convert.ToHexString(Encoding.UTF8.GetBytes(frame));

    private async Task<string> ReadAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _process.StandardOutput.ReadLineAsync(late.Token) ?? throw new InvalidOperationException("the Python peer has ended");
    }
}
