using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Watching;

public sealed class HeapSplitTests
{
    [Theory]
    [InlineData(60, 80, 60, 20, 20)]
    [InlineData(60, 60, 60, 0, 40)]
    [InlineData(60, 130, 60, 40, 0)]
    [InlineData(130, 140, 100, 0, 0)]
    [InlineData(60, 20, 60, 0, 40)]
    public void ThePartsOfTheManagedHeapAddUpToIt(long live, long used, long gcLive, long gcFree, long gcReserve)
    {
        MemoryReading divided = HeapSplit.Divide(Reading(MemoryCategory.GCHeap, 100), live, used);

        Assert.Equal(gcLive, divided.Categories[MemoryCategory.GCLive]);
        Assert.Equal(gcFree, divided.Categories[MemoryCategory.GCFree]);
        Assert.Equal(gcReserve, divided.Categories[MemoryCategory.GCReserve]);
        Assert.Equal(divided.PssBytes, divided.Categories.Values.Sum());
        Assert.DoesNotContain(MemoryCategory.GCHeap, divided.Categories.Keys);
    }

    [Fact]
    public void WhatIsNotKnownIsNotDivided()
    {
        MemoryReading reading = Reading(MemoryCategory.GCHeap, 100);

        Assert.Same(reading, HeapSplit.Divide(reading, 60, usedBytes: null));
        MemoryReading kinds = Reading("anon", 100);
        Assert.Same(kinds, HeapSplit.Divide(kinds, 60, 80));
    }

    private static MemoryReading Reading(string category, long bytes) => new()
    {
        PssBytes = bytes + 7,
        RssBytes = 0,
        PrivateBytes = 0,
        Categories = new Dictionary<string, long> { [category] = bytes, [MemoryCategory.Native] = 7 },
    };
}
