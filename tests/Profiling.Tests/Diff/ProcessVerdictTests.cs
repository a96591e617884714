using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class ProcessVerdictTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void GrowthBesideTheManagedHeapIsNative() =>
        Assert.Equal(Verdict.NativeGrowth, ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 6, 80), Reading(50, 5, 120)], fullCollections: 0));

    [Fact]
    public void NativeGrowthThatStoppedIsNone() =>
        Assert.Null(ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 5, 120), Reading(50, 5, 120), Reading(50, 5, 120)], fullCollections: 0));

    [Fact]
    public void GarbageThatNoCollectionLookedAtIsNoLeak() =>
        Assert.Equal(Verdict.NoGcYet, ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 50, 40), Reading(50, 95, 40)], fullCollections: 0));

    [Fact]
    public void UnusedMemoryThatOutlivesFullCollectionsIsFragmentation() =>
        Assert.Equal(Verdict.Fragmentation, ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 50, 40), Reading(50, 95, 40)], fullCollections: 3));

    [Theory]
    [InlineData(1, 95)]
    [InlineData(3, 30)]
    public void SomeFreeSpaceOrOneCollectionIsNoFragmentation(int fullCollections, long free) =>
        Assert.Null(ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, free / 2, 40), Reading(50, free, 40)], fullCollections));

    [Fact]
    public void WhetherGarbageWasLookedAtIsNotGuessed() =>
        Assert.Null(ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 95, 40)], fullCollections: null));

    [Fact]
    public void SomeMegabytesAreARuntimeThatWarmsUp() =>
        Assert.Null(ProcessVerdict.Of([Reading(50, 5, 40), Reading(50, 5, 47)], fullCollections: 0));

    /// <summary>8 MB of floor and twice the 3 MB that were compiled are more than 3 + 10 MB.</summary>
    [Theory]
    [InlineData(3, 10, null)]
    [InlineData(3, 30, Verdict.NativeGrowth)]
    [InlineData(20, 1, Verdict.NativeGrowth)]
    internal void WhatTheCompilerTakesWhileAServiceWarmsUpIsNoGrowth(long code, long native, Verdict? expected) => Assert.Equal(
        expected,
        ProcessVerdict.Of([WithCode(5, 40), WithCode(5 + (code / 2), 40 + (native / 2)), WithCode(5 + code, 40 + native)], fullCollections: 0));

    /// <summary>Between two snapshots the kernel alone is asked, which does not tell live objects from garbage.</summary>
    [Fact]
    public void GrowthThatStoppedBetweenTwoSnapshotsIsNotNative()
    {
        Assert.Null(ProcessVerdict.Of([Reading(50, 5, 40), Undivided(55, 80), Undivided(55, 80), Reading(50, 5, 80)], fullCollections: 0));
        Assert.Equal(Verdict.NativeGrowth, ProcessVerdict.Of([Reading(50, 5, 40), Undivided(55, 53), Undivided(55, 67), Reading(50, 5, 80)], fullCollections: 0));
    }

    [Fact]
    public void WithoutTheCollectorsPartsNothingIsSaid() =>
        Assert.Null(ProcessVerdict.Of([Kinds(100), Kinds(300)], fullCollections: 0));

    /// <summary>Another process ended that mapped the same libraries.</summary>
    [Fact]
    public void WhatOthersLeaveOfSharedFilesIsNoGrowth() =>
        Assert.Null(ProcessVerdict.Of([WithFiles(20, resident: 130), WithFiles(35, resident: 130), WithFiles(50, resident: 131)], fullCollections: 0));

    [Fact]
    public void FilesThatTheProcessMapsItselfAreGrowth() =>
        Assert.Equal(
            Verdict.NativeGrowth,
            ProcessVerdict.Of([WithFiles(20, resident: 130), WithFiles(35, resident: 145), WithFiles(50, resident: 160)], fullCollections: 0));

    private static MemoryReading WithCode(long code, long native)
    {
        MemoryReading rest = Reading(50, 5, native);
        return rest with
        {
            PssBytes = rest.PssBytes + (code * Megabyte),
            Categories = new Dictionary<string, long>(rest.Categories) { [MemoryCategory.Code] = code * Megabyte },
        };
    }

    private static MemoryReading Undivided(long heap, long native) => new()
    {
        PssBytes = (heap + native) * Megabyte,
        RssBytes = 0,
        PrivateBytes = 0,
        Categories = new Dictionary<string, long> { [MemoryCategory.GCHeap] = heap * Megabyte, [MemoryCategory.Native] = native * Megabyte },
    };

    private static MemoryReading WithFiles(long files, long resident)
    {
        MemoryReading rest = Reading(50, 5, 40);
        return rest with
        {
            PssBytes = rest.PssBytes + (files * Megabyte),
            RssBytes = resident * Megabyte,
            Categories = new Dictionary<string, long>(rest.Categories) { [MemoryCategory.Files] = files * Megabyte },
        };
    }

    private static MemoryReading Reading(long live, long free, long native) => new()
    {
        PssBytes = (live + free + native) * Megabyte,
        RssBytes = 0,
        PrivateBytes = 0,
        Categories = new Dictionary<string, long>
        {
            [MemoryCategory.GCLive] = live * Megabyte,
            [MemoryCategory.GCFree] = free * Megabyte,
            [MemoryCategory.Native] = native * Megabyte,
        },
    };

    private static MemoryReading Kinds(long anon) => new()
    {
        PssBytes = anon * Megabyte,
        RssBytes = 0,
        PrivateBytes = 0,
        Categories = new Dictionary<string, long> { ["anon"] = anon * Megabyte },
    };
}
