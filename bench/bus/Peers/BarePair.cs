using System.Diagnostics;
using System.Net.Sockets;

namespace PvExec.Bench.Bus.Peers;

/// <summary>What the kernel alone costs: blocking calls on a Unix socket, messages of a fixed length.</summary>
internal sealed class BarePair : IEchoPair
{
    private readonly ChildProcess _server;
    private readonly Socket _socket = BareEcho.NewSocket();
    private readonly byte[] _message = new byte[Plan.MessageBytes];

    public BarePair(string path)
    {
        _server = ChildProcess.StartSelf("echo-bare", path);
        _socket.Connect(new UnixDomainSocketEndPoint(path));
    }

    public string Name => "bare Unix socket";

    public Sample Run(int outstanding, int messages)
    {
        Exchange(outstanding, new double[messages / 10]);
        var took = new double[messages];
        long begun = Stopwatch.GetTimestamp();
        Exchange(outstanding, took);
        return Sample.Of(took, Stopwatch.GetElapsedTime(begun));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _server.Dispose();
    }

    private void Exchange(int outstanding, double[] took)
    {
        int sent = 0;
        for (int received = 0; received < took.Length; received++)
        {
            while (sent < took.Length && sent - received < outstanding)
            {
                BitConverter.TryWriteBytes(_message, Stopwatch.GetTimestamp());
                BareEcho.SendAll(_socket, _message);
                sent++;
            }

            for (int length = 0; length < _message.Length;)
            {
                length += _socket.Receive(_message.AsSpan(length));
            }

            took[received] = Stopwatch.GetElapsedTime(BitConverter.ToInt64(_message)).TotalMicroseconds;
        }
    }
}
