using CsCheck;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

public sealed class OutboxTests
{
    /// <summary>Slots and paths near to each other and far from each other, repeated now and then.</summary>
    private static readonly Gen<(int Slot, int Path)[]> Entries =
        from runs in Gen.Select(Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, int.MaxValue]), Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, int.MaxValue]), Gen.Int[1, 3]).Array[0, 2_000]
        select runs.SelectMany(run => Enumerable.Repeat((run.Item1, run.Item2), run.Item3)).ToArray();

    /// <summary>What is known of an object is the same whoever refers to it: of every second slot, with one byte and three.</summary>
    private static LeafHead LeafAt(int slot) => slot % 2 == 0 ? default : new LeafHead((ushort)slot, (ushort)((slot >> 8) | 1));

    [Fact]
    public void WhatGoesInComesOutInOrderWithoutNeighboursThatAreEqual() => Entries.Sample(entries =>
    {
        using var writers = new OutboxPool();
        using var readers = new OutboxPool();
        Outbox outbox = default;
        foreach ((int slot, int path) in entries)
        {
            outbox.Add(writers, slot, path, LeafAt(slot));
        }

        return ReadAll(ref outbox, readers, LeafAt).SequenceEqual(entries.Where((entry, at) => at == 0 || entries[at - 1] != entry)) && outbox.IsEmpty;
    });

    [Fact]
    public void AnOutboxThatWasTakenStartsAnew()
    {
        using var pool = new OutboxPool();
        Outbox outbox = default;
        outbox.Add(pool, 7, 3, default);
        ReadAll(ref outbox, pool);
        outbox.Add(pool, 7, 3, default);
        outbox.Add(pool, 0, 0, default);

        Assert.Equal([(7, 3), (0, 0)], ReadAll(ref outbox, pool));
    }

    [Fact]
    public void BlocksThatWereReadAreUsedAgain()
    {
        using var pool = new OutboxPool();
        Outbox outbox = default;
        for (int level = 0; level < 100; level++)
        {
            for (int slot = 0; slot < 10_000; slot++)
            {
                outbox.Add(pool, slot, slot & 1, default);
            }

            Assert.Equal(10_000, ReadAll(ref outbox, pool).Count);
        }

        // 10,000 entries of 2 bytes take 10 blocks; blocks come 128 at once.
        Assert.Equal(128 * OutboxBlock.Bytes, pool.Bytes);
    }

    [Fact]
    public void ARowOfNeighboursTakesOneByteEach()
    {
        using var pool = new OutboxPool();
        Outbox outbox = default;
        for (int slot = 0; slot < 128 * 2_000; slot++)
        {
            outbox.Add(pool, slot, 5, default);
        }

        Assert.Equal(128 * OutboxBlock.Bytes, pool.Bytes);
    }

    private static List<(int Slot, int Path)> ReadAll(ref Outbox outbox, OutboxPool pool, Func<int, LeafHead>? leafAt = null)
    {
        List<(int Slot, int Path)> entries = [];
        OutboxReader reader = outbox.Take(pool);
        while (reader.Read())
        {
            Assert.Equal(leafAt?.Invoke(reader.Slot) ?? default, reader.Leaf);
            entries.Add((reader.Slot, reader.Path));
        }

        return entries;
    }
}
