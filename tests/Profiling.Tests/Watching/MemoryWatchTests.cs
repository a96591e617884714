using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Tests.Proc;
using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Profiling.Tests.Watching;

/// <summary>Process 42 of a fixture folder, and this one.</summary>
public sealed class MemoryWatchTests : IDisposable
{
    private readonly FixtureFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryWatch _watch;

    public MemoryWatchTests()
    {
        _folder.With("proc/42/stat", KernelText.Stat()).With("proc/42/status", KernelText.Status())
            .With("proc/42/smaps_rollup", KernelText.Rollup())
            .With("proc/42/smaps", new SmapsText().With("rw-p", 100, pss: 7, name: "[heap]").ToString())
            .With("proc/42/cgroup", "0::/pod/shop\n")
            .With("cgroup/pod/shop/memory.max", "max\n").With("cgroup/pod/shop/memory.current", "600\n")
            .With("cgroup/pod/memory.max", "1000\n").With("cgroup/pod/memory.current", "900\n")
            .With("cgroup/pod/memory.stat", "inactive_file 200\n");
        _watch = new(42, new(_folder.ProcRoot, _folder.CgroupRoot), _time);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadingHasTheKindsThePrivateMemoryAndTheTightestLimit()
    {
        WorkerMemory reading = _watch.Look()!;

        Assert.Equal(new ProportionalMemory(650 * 1024, 300 * 1024, 50 * 1024, 32 * 1024), reading.Pss);
        Assert.Equal(750 * 1024, reading.PrivateBytes);
        Assert.Equal(2000 * 1024, reading.RssBytes);
        Assert.Equal(1000, reading.LimitBytes);
        Assert.Equal(1000 - (900 - 200), reading.HeadroomBytes);
        Assert.Equal(_time.GetUtcNow(), reading.At);
        Assert.False(reading.IsCheap);
        Assert.Null(reading.WhyCheap);
        Assert.Equal(7 * 1024, _watch.Ledger!.Categories[MemoryCategory.Heap]);
    }

    [Fact]
    public void LookingMoreOftenReadsNothing()
    {
        WorkerMemory first = _watch.Look()!;
        _folder.With("proc/42/smaps_rollup", KernelText.Rollup(anon: 651));

        for (int i = 0; i < 9; i++)
        {
            Assert.Same(first, _watch.Look());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotSame(first, _watch.Look());
    }

    [Fact]
    public void WhileACopyOfTheProcessLivesTheLastReadingStands()
    {
        WorkerMemory before = _watch.Look()!;
        MemoryLedger ledger = _watch.Ledger!;
        _folder.With("proc/42/task/43/children", "76 77 ")
            .With("proc/77/stat", KernelText.StatOfChild(exitSignal: 0)).With("proc/77/status", KernelText.Status(state: "t (tracing stop)"));

        _time.Advance(TimeSpan.FromMinutes(5));
        WorkerMemory during = _watch.Look()!;
        MemoryLedger ledgerOfThen = _watch.Ledger!;
        _folder.With("proc/77/status", KernelText.Status(state: "Z (zombie)"));
        _time.Advance(TimeSpan.FromSeconds(2));
        WorkerMemory after = _watch.Look()!;

        Assert.Same(before, during);
        Assert.Same(ledger, ledgerOfThen);
        Assert.NotSame(before, after);
    }

    [Theory]
    [InlineData(0, "S (sleeping)")]
    [InlineData(17, "t (tracing stop)")]
    public void ChildrenThatAreNoFrozenCopyHinderNothing(int exitSignal, string state)
    {
        WorkerMemory before = _watch.Look()!;
        _folder.With("proc/42/task/43/children", "77 ")
            .With("proc/77/stat", KernelText.StatOfChild(exitSignal)).With("proc/77/status", KernelText.Status(state: state));

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotSame(before, _watch.Look());
    }

    [Fact]
    public void ProcessIsReadOnceEvenWhereItIsBeingCopied()
    {
        _folder.With("proc/42/task/43/children", "77 ")
            .With("proc/77/stat", KernelText.StatOfChild(exitSignal: 0)).With("proc/77/status", KernelText.Status(state: "t (tracing stop)"));

        Assert.Equal(650 * 1024, _watch.Look()!.Pss!.Value.AnonBytes);
    }

    [Fact]
    public void ProcessThatEndedIsGoneForGood()
    {
        Assert.NotNull(_watch.Look());
        Directory.Delete(Path.Combine(_folder.ProcRoot, "42"), recursive: true);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(_watch.Look());
        Assert.Null(_watch.Ledger);
    }

    [Fact]
    public void PidWithANewOwnerIsAnotherProcess()
    {
        Assert.NotNull(_watch.Look());
        _folder.With("proc/42/stat", KernelText.Stat(startTime: "123457"));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(_watch.Look());
        _folder.With("proc/42/stat", KernelText.Stat());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_watch.Look());
    }

    [Fact]
    public void HugeProcessIsReadCheaplyAndSaysSo()
    {
        _folder.With("proc/42/status", KernelText.Status(extra: $"VmRSS:\t  {1L << 30} kB\n"));

        WorkerMemory reading = _watch.Look()!;

        Assert.True(reading.IsCheap);
        Assert.Equal(1L << 40, reading.RssBytes);
        Assert.Equal(1000, reading.LimitBytes);
        Assert.Equal("PSS is not read: for 1,099.5 GB it would take 11.0 s, more than 2 s.", reading.WhyCheap);
        Assert.Null(_watch.Ledger);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(reading, _watch.Look());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotSame(reading, _watch.Look());
    }

    [Fact]
    public void GrowthComesOutOfTheReadings()
    {
        for (int i = 0; i < 10; i++)
        {
            _folder.With("proc/42/smaps_rollup", KernelText.Rollup(anon: 600 + i).Replace("Pss:                1000", $"Pss: {950 + i}", StringComparison.Ordinal));
            _watch.Look();
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(102.4, _watch.Growth!.Value, 1e-6); // 1 kB in 10 s
        Assert.Equal(300 / 102.4, _watch.TimeToLimit!.Value.TotalSeconds, 1e-3);
    }

    [Fact]
    public void OwnMemoryIsWatched()
    {
        var watch = new MemoryWatch(Environment.ProcessId, new(), TimeProvider.System);

        WorkerMemory reading = watch.Look()!;

        Assert.InRange(reading.Pss!.Value.ResidentBytes, 1, reading.RssBytes);
        Assert.InRange(reading.ReadCost, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.InRange(watch.Ledger!.Categories[MemoryCategory.GCHeap], 1, reading.RssBytes);
    }
}
