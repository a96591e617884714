namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Reads the memory controller below one mount point (cgroups(7), Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of
/// the kernel). Groups are removed at any time; a missing one is stepped over.
/// </summary>
internal sealed class CgroupFileSystem(string root)
{
    /// <summary>Whether the group itself is to be seen here. In a container it often is not, although the paths name it.</summary>
    public bool Contains(CgroupMembership group) =>
        !group.IsOutsideNamespace && Directory.Exists(Path.Combine(Mount(group), group.Ancestry().First()));

    /// <summary>
    /// Climbs from the group to the root of the mount. A group that is not to be seen leaves its ancestors that are, at least the root:
    /// inside a container that is the container's own group.
    /// </summary>
    /// <param name="group">Whose.</param>
    /// <param name="countsIdleCache">
    /// Whether use includes page cache that nobody touched lately. The kernel takes it back before a group is out of memory, so that a
    /// service that writes a log file looks full without being so.
    /// </param>
    /// <exception cref="InvalidDataException">A file has something other than a number.</exception>
    public CgroupMemory? TryReadMemory(CgroupMembership group, bool countsIdleCache = true)
    {
        string mount = Mount(group);
        return CgroupMemory.Combine(group.Ancestry()
            .Select(path => TryReadLevel(Path.Combine(mount, path), group.IsVersion1, countsIdleCache))
            .OfType<CgroupLevel>());
    }

    private static CgroupLevel? TryReadLevel(string directory, bool isVersion1, bool countsIdleCache)
    {
        string limitPath = Path.Combine(directory, isVersion1 ? "memory.limit_in_bytes" : "memory.max");
        string currentPath = Path.Combine(directory, isVersion1 ? "memory.usage_in_bytes" : "memory.current");
        string? limit = ProcFile.TryReadAll(limitPath).Value;
        string? current = ProcFile.TryReadAll(currentPath).Value;
        if (limit is null && current is null)
        {
            return null;
        }

        long? use = current is null ? null : CgroupMemory.ParseBytes(current, currentPath);
        return new(
            limit is null ? null : CgroupMemory.ParseBytes(limit, limitPath),
            use is null || countsIdleCache ? use : Math.Max(0, use.Value - IdleCacheBytes(directory, isVersion1)));
    }

    private static long IdleCacheBytes(string directory, bool isVersion1)
    {
        string path = Path.Combine(directory, "memory.stat");
        return ProcFile.TryReadAll(path).Value is string text ? CgroupMemory.ParseIdleCacheBytes(text, isVersion1, path) : 0;
    }

    /// <summary>Hybrid systems mount version 2 one level deeper (systemd's layout); only its root has cgroup.procs at once.</summary>
    private string Mount(CgroupMembership group)
    {
        string unified = Path.Combine(root, "unified");
        return group.IsVersion1 ? Path.Combine(root, "memory")
            : !File.Exists(Path.Combine(root, "cgroup.procs")) && Directory.Exists(unified) ? unified
            : root;
    }
}
