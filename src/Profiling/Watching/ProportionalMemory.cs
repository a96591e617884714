namespace HeapDrift.Profiling.Watching;

/// <summary>
/// Proportional bytes by kind: a page that n processes share counts as one n-th. The kinds add up to <see cref="TotalBytes"/>, swap
/// included: what was swapped out has not gone, and a leak that the kernel moves to swap must not look like one that ended. The kernel's
/// own PSS, which <c>smem</c> shows, is without swap: <see cref="ResidentBytes"/>.
/// </summary>
/// <param name="AnonBytes">Private or copied memory without a file.</param>
/// <param name="FileBytes">Pages of files.</param>
/// <param name="ShmemBytes">Shared memory, memfd and tmpfs; of a .NET process also its jitted code.</param>
/// <param name="SwapBytes"><c>SwapPss</c>: swapped out, shared ones in part. Shared memory in swap is not in it (proc_pid_smaps(5)).</param>
internal readonly record struct ProportionalMemory(long AnonBytes, long FileBytes, long ShmemBytes, long SwapBytes)
{
    public long ResidentBytes => AnonBytes + FileBytes + ShmemBytes;

    public long TotalBytes => ResidentBytes + SwapBytes;
}
