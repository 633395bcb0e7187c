using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;

namespace PvExec.Bench.Bus.Peers;

/// <summary>A DEALER on a poller. The two transports run the same code, so that they alone differ.</summary>
internal sealed class NetMQPair : IEchoPair
{
    private readonly ChildProcess _server;
    private readonly DealerSocket _dealer = new();
    private readonly NetMQPoller _poller;
    private readonly UnixConnector? _connector;
    private readonly byte[] _message = new byte[Plan.MessageBytes];
    private double[] _took = [];
    private int _sent;
    private int _received;
    private int _outstanding;
    private TaskCompletionSource _done = new();

    public NetMQPair(string name, string endpoint)
    {
        Name = name;
        _server = ChildProcess.StartSelf("echo-netmq", endpoint);
        _poller = new NetMQPoller { _dealer };
        _dealer.ReceiveReady += (_, _) => Receive();
        var connected = new TaskCompletionSource();
        _poller.RunAsync(name, true);
        if (endpoint.StartsWith("tcp://", StringComparison.Ordinal))
        {
            _poller.Run(() => _dealer.Connect(endpoint));
            connected.SetResult();
        }
        else
        {
            _connector = _dealer.ConnectUnix(endpoint, _poller, UnixTransportOptions.Default, NullLogger.Instance, _ => connected.TrySetResult());
        }

        connected.Task.Wait();
    }

    public string Name { get; }

    public Sample Run(int outstanding, int messages)
    {
        Start(outstanding, messages / 10).Wait();
        long begun = Stopwatch.GetTimestamp();
        Start(outstanding, messages).Wait();
        return Sample.Of(_took, Stopwatch.GetElapsedTime(begun));
    }

    public void Dispose()
    {
        _connector?.DisposeAsync().AsTask().Wait();
        _poller.Dispose();
        _dealer.Dispose();
        _server.Dispose();
    }

    private Task Start(int outstanding, int messages)
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_took, _sent, _received, _outstanding) = (new double[messages], 0, 0, outstanding);
        new Task(Send).Start(_poller);
        return _done.Task;
    }

    private void Send()
    {
        while (_sent < _took.Length && _sent - _received < _outstanding)
        {
            BitConverter.TryWriteBytes(_message, Stopwatch.GetTimestamp());
            _dealer.SendFrame(_message);
            _sent++;
        }
    }

    private void Receive()
    {
        while (_dealer.TryReceiveFrameBytes(out byte[]? message))
        {
            _took[_received++] = Stopwatch.GetElapsedTime(BitConverter.ToInt64(message)).TotalMicroseconds;
            if (_received == _took.Length)
            {
                _done.SetResult();
                return;
            }

            Send();
        }
    }
}
