using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Admission;

/// <summary>
/// How much may be asked of a worker whose memory runs out: the nearer the limit, the cheaper the evidence. A worker that is killed for
/// memory because somebody wanted to know why it grows would be the worst answer.
/// </summary>
internal sealed class EvidenceLadder(ProcFileSystem proc)
{
    /// <summary>The buffer of the session in the worker, and as much again for what the collection itself needs.</summary>
    private const long TypesCostBytes = 2L * SnapshotTargets.LeastBufferMegabytes << 20;

    /// <returns>The rung, and in a sentence why it is not the highest.</returns>
    public (CaptureEvidence Evidence, string? Reason) Choose(int pid)
    {
        long? rss = proc.TryReadStatus(pid).Value?.RssBytes;
        MemoryRoom[] rooms = [.. MemoryRoom.Of(proc, pid)];
        if (rss is not { } rssBytes || rooms.Length == 0)
        {
            return (CaptureEvidence.Full, null);
        }

        MemoryRoom tightest = rooms.MinBy(room => room.AvailableBytes - room.ReserveBytes);
        long free = tightest.AvailableBytes - tightest.ReserveBytes;
        string left = $"{(tightest.IsMachine ? "the machine" : "the worker's control group")} has {ByteSize.Format(tightest.AvailableBytes)} left of {ByteSize.Format(tightest.LimitBytes)}";
        return free >= CopyCost.Expect(rssBytes) ? (CaptureEvidence.Full, null)
            : free >= TypesCostBytes ? (CaptureEvidence.Types, left)
            : (CaptureEvidence.Metrics, $"{left}, which is too little for any snapshot");
    }
}
