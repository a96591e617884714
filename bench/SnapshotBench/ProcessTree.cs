using HeapDrift.Profiling.Proc;

namespace HeapDrift.SnapshotBench;

/// <summary>Who descends from whom at this moment, zombies included. From the parent in each <c>/proc/PID/status</c>: not every kernel has
/// <c>/proc/PID/task/TID/children</c>.</summary>
internal static class ProcessTree
{
    private static readonly ProcFileSystem Proc = new();

    public static IReadOnlyList<ProcessStatus> Children(int pid) => [.. All().Where(process => process.ParentPid == pid)];

    /// <summary>The process itself and everything below it.</summary>
    public static IReadOnlySet<int> WithDescendants(int root)
    {
        ILookup<int, int> children = All().ToLookup(process => process.ParentPid, process => process.Pid);
        var found = new HashSet<int> { root };
        var queue = new Queue<int>([root]);
        while (queue.TryDequeue(out int parent))
        {
            foreach (int child in children[parent].Where(found.Add))
            {
                queue.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>What is wrong with a process that should run as if nothing had happened; null where nothing is.</summary>
    public static string? Complaint(int pid) =>
        Proc.TryReadStatus(pid).Value switch
        {
            null => "it is gone",
            { IsTraced: true, TracerPid: int tracer } => $"process {tracer} still traces it",
            { State: 'T' or 't' or 'Z' or 'X', State: char state } => $"it is in state {state}",
            _ => null,
        };

    private static IEnumerable<ProcessStatus> All() =>
        Proc.EnumeratePids().Select(pid => Proc.TryReadStatus(pid).Value).OfType<ProcessStatus>();
}
