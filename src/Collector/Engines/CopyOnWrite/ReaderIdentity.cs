using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// Who a process becomes before it loads the worker's DAC: the worker, or nobody. With the worker's uid it has the worker's rights and none besides,
/// except where both are root and this one has capabilities that the worker has not, as with a container whose user is root: those would stay, and so
/// would the files of the machine, which are root's.
/// </summary>
/// <param name="Uid">Numbered as in our own user namespace.</param>
/// <param name="Gid">The same for the group.</param>
/// <param name="Groups">Besides that one.</param>
internal sealed record ReaderIdentity(uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    /// <summary>What the kernel calls somebody it has no number for (proc_sys_kernel(5), overflowuid), who owns nothing.</summary>
    private const uint NobodyId = 65534;

    public static ReaderIdentity Of(ProcessStatus worker, ProcessStatus own) => worker.Uid.Effective == 0 && own.Uid.Effective == 0 && IsAbove(worker, own)
        ? new(NobodyId, NobodyId, [])
        : new(worker.Uid.Effective, worker.Gid.Effective, worker.Groups);

    /// <summary>Whether this process has a capability that the worker has not.</summary>
    public static bool IsAbove(ProcessStatus worker, ProcessStatus own) => (own.PermittedCapabilities & ~worker.PermittedCapabilities) != 0;
}
