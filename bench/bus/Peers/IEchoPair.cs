namespace PvExec.Bench.Bus.Peers;

/// <summary>A client here and, in another process, a server that sends everything back.</summary>
internal interface IEchoPair : IDisposable
{
    string Name { get; }

    /// <summary>Sends so many messages and waits for all of them, so many at a time on the way.</summary>
    Sample Run(int outstanding, int messages);
}
