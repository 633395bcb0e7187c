using System.Collections.Concurrent;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Which content is stored already, or is about to be: the same content is stored once.</summary>
internal sealed class PieceIndex
{
    private readonly ConcurrentDictionary<Hash256, Piece?> _pieces = new();

    public PieceIndex(IEnumerable<Piece> stored)
    {
        foreach (Piece piece in stored)
        {
            _pieces[piece.Hash] = piece;
        }
    }

    /// <summary>Whether the caller is the one to store this content.</summary>
    public bool Claim(Hash256 hash) => _pieces.TryAdd(hash, null);

    /// <summary>Says where claimed content went.</summary>
    public void Set(Piece piece) => _pieces[piece.Hash] = piece;

    /// <summary>Where content is, once every claim was followed by <see cref="Set"/>.</summary>
    public Piece this[Hash256 hash] => _pieces[hash] ?? throw new InvalidOperationException($"piece {hash} was claimed and never stored");

    /// <summary>Forgets the pieces of packs that are to be written anew.</summary>
    public void Forget(IReadOnlySet<Pack> packs)
    {
        foreach ((Hash256 hash, Piece? piece) in _pieces)
        {
            if (piece is not null && packs.Contains(piece.Pack))
            {
                _pieces.TryRemove(hash, out _);
            }
        }
    }
}
