using HeapDrift.Profiling.Tests.Proc;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Watching;

public sealed class MemoryLedgerTests
{
    [Fact]
    public void EveryMappingIsInOneCategoryAndTheyAddUp()
    {
        MemoryLedger ledger = new SmapsText()
            .With("rw-p", 1000, pss: 1, name: "[heap]").Gap()
            .Accessible(1000, pss: 2).Reserved(1 << 20).Gap() // The collector's reservation begins at a multiple of 4 MB or not: here not.
            .Guard().Accessible(8192, pss: 4).Gap()
            .With("r-xs", 16, pss: 8, name: "/memfd:doublemapper (deleted)")
            .With("rwxp", 16, pss: 16).Gap()
            .With("rw-s", 16, pss: 32, name: "/dev/shm/x")
            .With("r--p", 16, pss: 64, name: "/usr/lib/libc.so.6")
            .Runtime()
            .With("rw-p", 132, pss: 128, name: "[stack]")
            .ToLedger();

        Assert.Equal(0, ledger.Categories[MemoryCategory.GCHeap]);
        Assert.Equal(3 * 1024, ledger.Categories[MemoryCategory.Native]);
        Assert.Equal((4 + 128) * 1024, ledger.Categories[MemoryCategory.Stacks]);
        Assert.Equal((8 + 16) * 1024, ledger.Categories[MemoryCategory.Code]);
        Assert.Equal(32 * 1024, ledger.Categories[MemoryCategory.Shared]);
        Assert.Equal(64 * 1024, ledger.Categories[MemoryCategory.Files]);
        Assert.Equal(255 * 1024, ledger.PssBytes); // 1 + 2 + 4 + ... + 128
        Assert.Equal(11, ledger.Mappings);
    }

    [Fact]
    public void MemoryInTheCollectorsReservationIsTheGCHeap()
    {
        MemoryLedger ledger = new SmapsText().Reserved(40_000).Accessible(4000, pss: 3000).Reserved(1 << 20).Accessible(8, pss: 8).Reserved(100)
            .Runtime().ToLedger();

        Assert.Equal(3008 * 1024, ledger.Categories[MemoryCategory.GCHeap]);
        Assert.Equal(0, ledger.Categories[MemoryCategory.Native]);
    }

    [Fact]
    public void FirstRegionOfAnAlignedReservationIsTheGCHeap()
    {
        MemoryLedger ledger = new SmapsText().Accessible(4000, pss: 3000).Reserved(1 << 20).Runtime().ToLedger();

        Assert.Equal(3000 * 1024, ledger.Categories[MemoryCategory.GCHeap]);
    }

    [Fact]
    public void MemoryThatMallocMapsBesideTheReservationIsNative()
    {
        MemoryLedger ledger = new SmapsText().Gap().Accessible(4000, pss: 100).Reserved(1 << 20).Accessible(4, pss: 1).Reserved(4)
            .Accessible(4000, pss: 200).Runtime().ToLedger();

        Assert.Equal(1 * 1024, ledger.Categories[MemoryCategory.GCHeap]);
        Assert.Equal(300 * 1024, ledger.Categories[MemoryCategory.Native]);
    }

    [Fact]
    public void SmallReservationsAndThoseWithCodeAreNotTheGCHeap()
    {
        MemoryLedger ledger = new SmapsText()
            .Reserved(2000).Accessible(64, pss: 10).Reserved(2000).Gap()
            .Reserved(1 << 20).Accessible(64, pss: 20).With("rwxp", 16, pss: 5).Reserved(1 << 20)
            .Runtime().ToLedger();

        Assert.Equal(0, ledger.Categories[MemoryCategory.GCHeap]);
        Assert.Equal(30 * 1024, ledger.Categories[MemoryCategory.Native]);
        Assert.Equal(5 * 1024, ledger.Categories[MemoryCategory.Code]);
    }

    [Fact]
    public void ArenaOfMallocIsNeitherStackNorReservation()
    {
        MemoryLedger ledger = new SmapsText()
            .With("---p", 4, flags: "mr mw me nr").With("rw-p", 132, pss: 100, flags: "rd wr mr mw me nr").With("---p", 65_000, flags: "mr mw me nr")
            .Runtime().ToLedger();

        Assert.Equal(0, ledger.Categories[MemoryCategory.Stacks]);
        Assert.Equal(100 * 1024, ledger.Categories[MemoryCategory.Native]);
    }

    [Fact]
    public void LargeInaccessibleMappingGuardsNoStack()
    {
        MemoryLedger ledger = new SmapsText().With("---p", 1024).Accessible(8192, pss: 9).ToLedger();

        Assert.Equal(0, ledger.Categories[MemoryCategory.Stacks]);
    }

    [Fact]
    public void ProcessWithoutDotNetHasItsClassicalHeapAndNoGCHeap()
    {
        MemoryLedger ledger = new SmapsText()
            .With("rw-p", 1000, pss: 10, name: "[heap]").Gap()
            .Reserved(1 << 20).Accessible(64, pss: 20).Reserved(1 << 20).With("r-xp", 16, pss: 5).Gap()
            .Guard().Accessible(8192, pss: 4)
            .ToLedger();

        Assert.Equal(
            [MemoryCategory.Files, MemoryCategory.Heap, MemoryCategory.Native, MemoryCategory.Shared, MemoryCategory.Stacks],
            ledger.Categories.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(10 * 1024, ledger.Categories[MemoryCategory.Heap]);
        Assert.Equal(25 * 1024, ledger.Categories[MemoryCategory.Native]);
        Assert.Equal(39 * 1024, ledger.PssBytes);
    }
}
