using PvExec.Exec.Core.Scopes;

namespace PvExec.Bench.Locks;

internal static class Memory
{
    public static double BytesOfAWaitingTicket(int tickets)
    {
        var scopes = ScopeSet.From([], ["src"]);
        var locks = new ScopeLocks(TimeProvider.System);
        ScopeTicket holder = locks.Request(scopes, "bench", "bench");
        var all = new ScopeTicket[tickets];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < tickets; i++)
        {
            all[i] = locks.Request(scopes, "bench", "bench");
            _ = all[i].Granted;
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)tickets;
        GC.KeepAlive(all);
        holder.Release();
        return bytes;
    }
}
