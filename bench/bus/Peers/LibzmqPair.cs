using System.Diagnostics;

namespace PvExec.Bench.Bus.Peers;

/// <summary>libzmq on both ends over its <c>ipc://</c>: in C, or in Python where nothing compiles C.</summary>
internal sealed class LibzmqPair : IEchoPair
{
    private readonly string _endpoint;
    private readonly string[] _program;
    private readonly ChildProcess _server;

    /// <exception cref="InvalidOperationException">Neither runs here.</exception>
    public LibzmqPair(string directory)
    {
        string compiled = Path.Combine(directory, "libzmq_peer");
        bool isC = Compiles(compiled);
        _program = isC ? [compiled] : ["/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "libzmq_peer.py")];
        Name = isC ? "libzmq ipc in C" : "libzmq ipc in Python";
        _endpoint = "ipc://" + Path.Combine(directory, "libzmq");
        _server = ChildProcess.Start([.. _program, "echo", _endpoint]);
    }

    public string Name { get; }

    public Sample Run(int outstanding, int messages)
    {
        string[] arguments = [.. _program[1..], "client", _endpoint, $"{outstanding}", $"{messages}", $"{Plan.MessageBytes}"];
        using Process client = Process.Start(new ProcessStartInfo(_program[0], arguments) { RedirectStandardOutput = true })!;
        string line = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        return Sample.Parse(line.Trim());
    }

    public void Dispose() => _server.Dispose();

    private static bool Compiles(string program)
    {
        try
        {
            string source = Path.Combine(AppContext.BaseDirectory, "libzmq_peer.c");
            using Process compiler = Process.Start("cc", ["-O2", "-o", program, source, "-l:libzmq.so.5"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no C compiler.
            return false;
        }
    }
}
