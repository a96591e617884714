using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Watching;

/// <summary>What the mappings tell of real workers, whose leaks are known to the byte.</summary>
public sealed class WorkerLedgerTests
{
    private const int Leaked = 500_000;
    private const long LeakedBytes = Leaked * 80L;
    private const int Megabyte = 1 << 20;

    private readonly ProcFileSystem _files = new();

    public static TheoryData<int, string?, string?> Runtimes { get; } = new()
    {
        { 8, null, null },
        { 9, null, null },
        { 10, null, null },
        { 8, "DOTNET_gcServer", "1" },
        { 10, "DOTNET_gcServer", "1" },
        { 10, "DOTNET_GCHeapHardLimit", "0x10000000" },
        { 10, "DOTNET_EnableWriteXorExecute", "0" },
        { 9, "DOTNET_GCName", "libclrgc.so" }, // Segments instead of regions.
    };

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task ManagedLeakIsInTheGCHeapAndNowhereElse(int major, string? setting, string? value)
    {
        var environment = new Dictionary<string, string?>();
        if (setting is not null)
        {
            environment[setting] = value;
        }

        await using PlainWorker worker = await PlainWorker.StartAsync(
            new ChildProcessStart(RepositoryPaths.PlainWorker(major), []) { Environment = environment });
        await worker.CollectAsync();
        MemoryLedger before = _files.TryReadLedger(worker.Id).Value!;
        await worker.LeakAsync(Leaked);
        MemoryLedger after = _files.TryReadLedger(worker.Id).Value!;

        // The runtime grows elsewhere too: code that is jitted, stacks, buffers, with server GC what each of its heaps takes.
        Assert.InRange(Growth(MemoryCategory.GCHeap), LeakedBytes * 0.9, LeakedBytes * 4.0);
        Assert.InRange(Growth(MemoryCategory.Native) + Growth(MemoryCategory.Code) + Growth(MemoryCategory.Stacks), -4 * Megabyte, LeakedBytes * 0.6);
        Assert.InRange(after.Categories[MemoryCategory.Code], 10_000, 100 * Megabyte);
        Assert.InRange(after.Categories[MemoryCategory.Files], 1, long.MaxValue);

        // Nobody allocates in it meanwhile, so that the two figures meet; the kernel rounds down once for each mapping.
        long kernels = _files.TryReadSmapsRollup(worker.Id).Value!.PssBytes;
        Assert.InRange(kernels - after.PssBytes, -2 * Megabyte, (after.Mappings * 1024) + (2 * Megabyte));

        long Growth(string category) => after.Categories[category] - before.Categories[category];
    }
}
