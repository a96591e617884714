using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>An object that is to be visited.</summary>
/// <param name="Holder">Node of the holder that has it, so far.</param>
/// <param name="Leaf">What it is, where that was seen with a holder.</param>
internal readonly record struct FoundObject(int Holder, LeafHead Leaf);

/// <summary>A part of an array that is too large for one worker.</summary>
/// <param name="Address">Its first reference or struct.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Desc">How references lie in it.</param>
/// <param name="Node">The array's path; as long as the level runs, by the number of the worker that found it.</param>
internal readonly record struct ArraySlice(ulong Address, long Bytes, GCDesc Desc, int Node);

/// <summary>A reference from an owner or element of a shared list.</summary>
/// <param name="Target">What it refers to.</param>
/// <param name="Path">The holder's path, by the number of the worker that found it.</param>
/// <param name="Holder">The holder's node in the tree, when the level is merged.</param>
/// <param name="Role">The holder's part in the list.</param>
/// <param name="ListNode">For an element that was reached along its list, its node there; otherwise 0.</param>
internal readonly record struct ListLink(ulong Target, int Path, int Holder, SharedListRole Role, int ListNode);

/// <summary>What has to be asked for each object of a chunk, since some of them may have it.</summary>
/// <param name="HasKeys">Keys of dependent handles.</param>
/// <param name="HasSamples">Objects whose allocation was sampled.</param>
internal readonly record struct ChunkTraits(bool HasKeys, bool HasSamples);
