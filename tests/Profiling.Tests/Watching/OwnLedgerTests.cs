using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Watching;

/// <summary>
/// The kernel's real list of this process's mappings. The collector frees in the background what tests before have left, hence the tolerances.
/// </summary>
[Collection(WholeProcessCollection.Name)]
public sealed class OwnLedgerTests
{
    private const int Megabyte = 1 << 20;

    private readonly ProcFileSystem _files = new();

    /// <summary>What earlier tests have left is given back now and not while these measure.</summary>
    public OwnLedgerTests() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    [Fact]
    public void CategoriesAddUpToThePssThatTheKernelSums()
    {
        // The runtime's own threads allocate between the two reads: one try of many is close enough, if nothing is left out systematically.
        long least = long.MaxValue;
        for (int i = 0; i < 50 && least > Megabyte; i++)
        {
            long before = _files.TryReadSmapsRollup(Environment.ProcessId).Value!.PssBytes;
            MemoryLedger ledger = Own();
            long after = _files.TryReadSmapsRollup(Environment.ProcessId).Value!.PssBytes;
            least = Math.Min(least, Math.Min(Math.Abs(before - ledger.PssBytes), Math.Abs(after - ledger.PssBytes)) - (ledger.Mappings * 1024L));
        }

        Assert.InRange(least, long.MinValue, Megabyte);
    }

    [Fact]
    public void ManagedMemoryIsInTheGCHeap()
    {
        long before = Own().Categories[MemoryCategory.GCHeap];
        byte[] array = new byte[256 * Megabyte];
        array.AsSpan().Fill(1);

        Assert.InRange(Own().Categories[MemoryCategory.GCHeap] - before, 128 * Megabyte, long.MaxValue);
        GC.KeepAlive(array);
    }

    [Fact]
    public void MemoryOfMallocIsNative()
    {
        const int Size = 256 * Megabyte;
        long before = Own().Categories[MemoryCategory.Native];
        nint memory = Marshal.AllocHGlobal(Size);
        try
        {
            for (int offset = 0; offset < Size; offset += 4096)
            {
                Marshal.WriteByte(memory, offset, 1);
            }

            Assert.InRange(Own().Categories[MemoryCategory.Native] - before, 128 * Megabyte, long.MaxValue);
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    [Fact]
    public void MemoryOfAThreadsStackIsAStack()
    {
        long before = Own().Categories[MemoryCategory.Stacks];
        long during = 0;
        var thread = new Thread(() => during = LedgerBelow(64 * Megabyte), 128 * Megabyte);
        thread.Start();
        thread.Join();

        Assert.InRange(during - before, 32 * Megabyte, long.MaxValue);
    }

    [Fact]
    public void ProcessWithoutDotNetIsToldApart()
    {
        using Process sleep = Process.Start("sleep", "60")!;
        try
        {
            Assert.True(SpinWait.SpinUntil(() => _files.TryReadEntryAssemblyName(sleep.Id) == "sleep", TimeSpan.FromSeconds(10)));
            MemoryLedger ledger = _files.TryReadLedger(sleep.Id).Value!;

            Assert.DoesNotContain(MemoryCategory.GCHeap, ledger.Categories);
            Assert.InRange(ledger.Categories[MemoryCategory.Files], 1, ledger.PssBytes);
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
        }

        Assert.Equal(ProcAbsence.Gone, _files.TryReadLedger(sleep.Id).Absence);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long LedgerBelow(int bytes)
    {
        Span<byte> deep = stackalloc byte[bytes];
        deep.Fill(1);
        long stacks = Own().Categories[MemoryCategory.Stacks];
        return deep[^1] == 1 ? stacks : 0;
    }

    private MemoryLedger Own() => _files.TryReadLedger(Environment.ProcessId).Value!;
}
