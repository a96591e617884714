using System.Runtime.CompilerServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>Walks references that lie side by side and notes what they lead to. For one thread.</summary>
internal sealed unsafe class ReferenceRuns(HeapWindow window, Outboxes found)
{
    /// <summary>Follows references side by side, or structs side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Follow(ulong from, long bytes, GCDesc desc, int path)
    {
        long whole = desc.Repeats.Length == 0 ? HeapWindow.LongestRead : HeapWindow.LongestRead - HeapWindow.LongestRead % desc.ComponentBytes;
        for (long at = 0; at < bytes; at += whole)
        {
            int piece = (int)Math.Min(whole, bytes - at);
            byte* read = window.Read(from + (ulong)at, piece);
            if (desc.Repeats.Length == 0)
            {
                FollowReferences((ulong*)read, piece / sizeof(ulong), path);
            }
            else
            {
                FollowStructs(read, read + piece, desc.Repeats, path);
            }
        }
    }

    private void FollowStructs(byte* at, byte* end, GCDesc.Repeat[] repeats, int path)
    {
        while (at < end)
        {
            foreach (GCDesc.Repeat repeat in repeats)
            {
                FollowReferences((ulong*)at, repeat.References, path);
                at += repeat.References * sizeof(ulong) + repeat.SkippedBytes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FollowReferences(ulong* references, int count, int path)
    {
        for (int at = 0; at < count; at++)
        {
            if (references[at] != 0)
            {
                found.Add(references[at], path);
            }
        }
    }
}
