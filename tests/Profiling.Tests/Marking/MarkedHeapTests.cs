using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

public sealed class MarkedHeapTests
{
    [Fact]
    public void EveryTypeIsFoundOnceHoweverManyThreadsAsk()
    {
        var fake = new FakeHeap();
        using var map = new HeapMap([]);
        GCDesc desc = GCDesc.TryRead(fake, fake.String.MethodTable)!;
        int index = 0;
        var heap = new MarkedHeap(map, fake, [], _ => new TypeLayout(Interlocked.Increment(ref index), new PathStep("Shop.Item", null, PathStepKind.Type), desc, 0));

        TypeLayout?[] found = new TypeLayout?[8_000];
        Parallel.For(0, found.Length, at => found[at] = heap.TypeOf((ulong)(at % 100)));

        Assert.Equal(100, found.Distinct().Count());
    }

    [Fact]
    public void OnlySoManyPlacesWithoutATypeAreRemembered()
    {
        int resolved = 0;
        using var map = new HeapMap([]);
        var heap = new MarkedHeap(map, new FakeHeap(), [], _ =>
        {
            resolved++;
            return null;
        });
        for (int round = 0; round < 2; round++)
        {
            for (ulong place = 0; place < Limits.NonTypes + 100; place++)
            {
                Assert.Null(heap.TypeOf(place));
            }
        }

        // All of them in the first round, in the second only those that were too many.
        Assert.Equal(Limits.NonTypes + 100 + 100, resolved);
    }
}
