using System.Buffers.Binary;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Size and reference map of a method table (dotnet/runtime, src/coreclr/vm/methodtable.h and src/coreclr/gc/gcdesc.h, 64 bits). The map
/// lies before the method table: a count at -8, then pairs of size and offset downwards. A negative count means an array of structs: one
/// offset, and pairs of references and bytes to skip that repeat to the end.
/// </summary>
internal sealed class GCDesc
{
    private const uint HasComponentSize = 0x80000000;
    private const uint ContainsPointers = 0x01000000;
    private const int Word = 8;

    /// <summary>Header, method table and one field: the smallest object there is.</summary>
    private const uint SmallestObject = 24;

    private GCDesc(uint baseBytes, uint componentBytes, Series[] series, Repeat[] repeats, int repeatsFrom) =>
        (BaseBytes, ComponentBytes, AllSeries, Repeats, RepeatsFrom) = (baseBytes, componentBytes, series, repeats, repeatsFrom);

    /// <summary>Size of an object without elements, its header included.</summary>
    public uint BaseBytes { get; }

    /// <summary>Size of one element of an array or string; 0 for other objects.</summary>
    public uint ComponentBytes { get; }

    /// <summary>Runs of references of an object that is not an array of structs.</summary>
    public Series[] AllSeries { get; }

    /// <summary>The pattern of one struct in an array of structs.</summary>
    public Repeat[] Repeats { get; }

    /// <summary>Where in the array the first struct's first reference lies.</summary>
    public int RepeatsFrom { get; }

    public bool IsEmpty => AllSeries.Length == 0 && Repeats.Length == 0;

    /// <summary>Null where there is no method table, by everything that can be told from its bytes.</summary>
    public static GCDesc? TryRead(IHeapMemory memory, ulong methodTable)
    {
        Span<byte> head = stackalloc byte[2 * sizeof(uint)];
        if (methodTable % Word != 0 || memory.Read(methodTable, head) < head.Length)
        {
            return null;
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(head);
        uint baseBytes = BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(uint)..]);
        uint componentBytes = (flags & HasComponentSize) != 0 ? flags & 0xFFFF : 0;

        // A string's base is 22, its terminating zero included; every other size is a multiple of 8.
        if (baseBytes is < SmallestObject - 2 or > Limits.ObjectBaseBytes)
        {
            return null;
        }

        return (flags & ContainsPointers) == 0
            ? new GCDesc(baseBytes, componentBytes, [], [], 0)
            : TryReadMap(memory, methodTable, baseBytes, componentBytes);
    }

    private static GCDesc? TryReadMap(IHeapMemory memory, ulong methodTable, uint baseBytes, uint componentBytes)
    {
        if (TryReadWord(memory, methodTable - Word) is not { } count || count is 0 or < -Limits.GCDescSeries or > Limits.GCDescSeries)
        {
            return null;
        }

        return count > 0
            ? TryReadSeries(memory, methodTable, (int)count) is { } series ? new GCDesc(baseBytes, componentBytes, series, [], 0) : null
            : TryReadRepeats(memory, methodTable, (int)-count, baseBytes, componentBytes) is var (repeats, from)
                ? new GCDesc(baseBytes, componentBytes, [], repeats, from)
                : null;
    }

    private static Series[]? TryReadSeries(IHeapMemory memory, ulong methodTable, int count)
    {
        var series = new Series[count];
        for (int at = 0; at < count; at++)
        {
            ulong address = methodTable - Word - (ulong)(at + 1) * 2 * Word;
            if (TryReadWord(memory, address) is not { } bytes || TryReadWord(memory, address + Word) is not (>= Word and <= Limits.ObjectBaseBytes and var offset))
            {
                return null;
            }

            series[at] = new Series((int)offset, bytes);
        }

        return series;
    }

    private static (Repeat[] Repeats, int From)? TryReadRepeats(IHeapMemory memory, ulong methodTable, int count, uint baseBytes, uint componentBytes)
    {
        if (TryReadWord(memory, methodTable - 2 * Word) is not (>= Word and <= Limits.ObjectBaseBytes and var from))
        {
            return null;
        }

        var repeats = new Repeat[count];
        long covered = 0;
        for (int at = 0; at < count; at++)
        {
            if (TryReadWord(memory, methodTable - (ulong)(at + 3) * Word) is not { } pair)
            {
                return null;
            }

            repeats[at] = new Repeat((int)(uint)pair, (int)(pair >>> 32));
            covered += repeats[at].References * (long)Word + repeats[at].SkippedBytes;
            if (repeats[at].References < 0 || repeats[at].SkippedBytes < 0)
            {
                return null;
            }
        }

        // The pattern begins at the first reference of a struct, so that what it skips last reaches into the next one, and no further.
        long firstElement = baseBytes - Word;
        return covered == componentBytes && componentBytes != 0 && from - repeats[^1].SkippedBytes <= firstElement ? (repeats, (int)from) : null;
    }

    private static long? TryReadWord(IHeapMemory memory, ulong address)
    {
        Span<byte> word = stackalloc byte[Word];
        return memory.Read(address, word) == Word ? BinaryPrimitives.ReadInt64LittleEndian(word) : null;
    }

    /// <summary>A run of references.</summary>
    /// <param name="Offset">From the object's address.</param>
    /// <param name="BytesLessObject">Its length less the object's size: the map of an array is the same whatever its length.</param>
    internal readonly record struct Series(int Offset, long BytesLessObject);

    /// <summary>References side by side, and the bytes after them that are none.</summary>
    internal readonly record struct Repeat(int References, int SkippedBytes);
}
