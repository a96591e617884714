using System.Buffers.Binary;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>Writes method tables and the maps before them as dotnet/runtime does (src/coreclr/gc/gcdesc.h).</summary>
internal static class FakeMethodTable
{
    private const uint HasComponentSize = 0x80000000;
    private const uint ContainsPointers = 0x01000000;
    private const int Word = FakeType.Word;

    /// <summary>A map for every word between two method tables would fit in there.</summary>
    private const int RoomBetween = 64;

    /// <returns>The address of the method table.</returns>
    public static ulong Write(FakeSegment to, uint baseBytes, uint componentBytes, int[] references)
    {
        long[] map = references.Length == 0 ? []
            : componentBytes > Word ? Repeats(componentBytes, references)
            : Series(baseBytes, componentBytes, references);
        ulong start = to.Allocate((ulong)((map.Length + RoomBetween) * Word));
        ulong methodTable = start + (ulong)(map.Length * Word);
        for (int at = 0; at < map.Length; at++)
        {
            WriteWord(to, methodTable - (ulong)((at + 1) * Word), map[at]);
        }

        uint flags = (componentBytes != 0 ? HasComponentSize | componentBytes : 0) | (map.Length != 0 ? ContainsPointers : 0);
        WriteWord(to, methodTable, (long)(((ulong)baseBytes << 32) | flags));
        return methodTable;
    }

    /// <summary>Words from -8 downwards: the count, then offset and length of each run.</summary>
    private static long[] Series(uint baseBytes, uint componentBytes, int[] references)
    {
        (int First, int Length)[] runs = componentBytes != 0 ? [(1, 0)] : [.. RunsOf(references)];
        return [runs.Length, .. runs.SelectMany(run => new long[] { Word + (run.First * Word), (run.Length * Word) - baseBytes })];
    }

    /// <summary>Words from -8 downwards: the count, negative, where the first reference lies, then references and bytes to skip.</summary>
    private static long[] Repeats(uint componentBytes, int[] references)
    {
        (int First, int Length)[] runs = [.. RunsOf(references)];
        int firstByte = runs[0].First * Word;
        IEnumerable<long> pairs = runs.Select((run, at) =>
        {
            int next = at + 1 < runs.Length ? runs[at + 1].First * Word : (int)componentBytes + firstByte;
            long skipped = next - ((run.First + run.Length) * Word);
            return (skipped << 32) | (long)run.Length;
        });
        return [-runs.Length, (2 * Word) + firstByte, .. pairs];
    }

    private static IEnumerable<(int First, int Length)> RunsOf(int[] references)
    {
        for (int at = 0; at < references.Length;)
        {
            int first = at;
            while (at < references.Length && references[at] == references[first] + at - first)
            {
                at++;
            }

            yield return (references[first], at - first);
        }
    }

    private static void WriteWord(FakeSegment to, ulong address, long word)
    {
        Span<byte> bytes = stackalloc byte[Word];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, word);
        to.Write(address, bytes);
    }
}
