namespace PvExec.Hosting;

/// <summary>What takes a service's calls, as its ways out need it. It is started and stopped as a hosted service.</summary>
public interface ICallServer
{
    /// <summary>New calls are to wait: another instance is about to take this one's place.</summary>
    void HoldBack();

    /// <summary>Accepts no more connections. The listening socket itself lives on in pv-init.</summary>
    Task UnbindAsync();

    /// <summary>Tells every connection to go elsewhere once its calls are answered (GOAWAY, RFC 9113 section 6.8).</summary>
    void AskToClose();

    /// <summary>No call that was held back is taken any more: each is refused, for its caller to repeat.</summary>
    void Refuse();

    /// <summary>Completes when no connection is left and no call is handled any more, or at once when it is cancelled.</summary>
    Task ClosedAsync(CancellationToken enough);
}
