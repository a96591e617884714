using System.Runtime.CompilerServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>What one worker counted, by type. Not thread-safe.</summary>
internal sealed class TypeCounts
{
    private TypeCount[] _counts = new TypeCount[1024];

    public long Objects { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>By <see cref="TypeLayout.Index"/>; types that this worker never met are empty.</summary>
    public ReadOnlySpan<TypeCount> All => _counts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TypeLayout type, ulong bytes)
    {
        if (type.Index >= _counts.Length)
        {
            Grow(type.Index);
        }

        _counts[type.Index].Add(type, bytes);
        Objects++;
        Bytes += (long)bytes;
    }

    private void Grow(int index) => Array.Resize(ref _counts, Math.Max(index + 1, _counts.Length * 2));
}

/// <summary>Objects of one type and their bytes, as one worker counted them.</summary>
internal struct TypeCount
{
    public TypeLayout? Type { get; private set; }

    public long Objects { get; private set; }

    public long Bytes { get; private set; }

    public void Add(TypeLayout type, ulong bytes)
    {
        // Not every time: a reference that is stored costs a write barrier.
        Type ??= type;
        Objects++;
        Bytes += (long)bytes;
    }
}
