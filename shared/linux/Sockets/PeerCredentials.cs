namespace PvExec.Linux.Sockets;

/// <summary>Who is at the other end (SO_PEERCRED or SCM_CREDENTIALS of unix(7)), as numbered in this process's namespaces.</summary>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid);
