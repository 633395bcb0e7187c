namespace PvExec.Hosting.Succession;

/// <summary>The server of the services that speak gRPC themselves: Kestrel, behind the gate and on listeners that can be given away.</summary>
internal sealed class GrpcServer(CallGate gate, HandOverListeners listeners) : ICallServer
{
    public void HoldBack() => gate.Close();

    public Task UnbindAsync() => listeners.UnbindAsync();

    public void AskToClose() => listeners.AskToClose();

    public void Refuse() => gate.Refuse();

    public Task ClosedAsync(CancellationToken enough) => listeners.ClosedAsync(enough);
}
