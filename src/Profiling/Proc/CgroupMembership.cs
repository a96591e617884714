namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Which control group accounts for the memory of a process, from <c>/proc/PID/cgroup</c> (cgroups(7); written by
/// <c>proc_cgroup_show</c> in kernel/cgroup/cgroup.c). One line per hierarchy: <c>number:controllers:path</c>, version 2 without
/// controllers. On a hybrid system the memory controller belongs to one of the two; a version 1 line of it tells that it is there.
/// </summary>
/// <param name="IsVersion1">The path belongs to the version 1 hierarchy of the memory controller.</param>
/// <param name="Path">
/// Relative to the cgroup namespace of the reader. It begins with <c>/..</c> where the process lives outside of that namespace, as a
/// neighbouring container does.
/// </param>
internal sealed record CgroupMembership(bool IsVersion1, string Path)
{
    /// <summary>Whether the reader's own mount cannot contain the group.</summary>
    public bool IsOutsideNamespace => Path.Split('/').Contains("..");

    /// <summary>The directories from the group itself up to the root of the mount, relative to it; the root is an empty string.</summary>
    public IEnumerable<string> Ancestry()
    {
        string[] names = IsOutsideNamespace ? [] : Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int depth = Math.Min(names.Length, Limits.CgroupDepth);
        for (int levels = depth; levels >= 0; levels--)
        {
            yield return string.Join('/', names.Take(levels));
        }
    }

    /// <summary>Null when no hierarchy with memory accounting is mentioned.</summary>
    /// <exception cref="InvalidDataException">A line has fewer than three fields, or its path is not absolute.</exception>
    public static CgroupMembership? Parse(string text, string source)
    {
        CgroupMembership? unified = null;
        int number = 0;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;

            // A path may contain colons.
            string[] fields = line.Split(':', 3);
            if (fields is not [string hierarchy, string controllers, ['/', ..] path])
            {
                throw new InvalidDataException($"{source}, line {number}: expected hierarchy:controllers:/path");
            }

            if (controllers.Split(',').Contains("memory"))
            {
                return new(IsVersion1: true, path);
            }

            if (hierarchy == "0" && controllers.Length == 0)
            {
                unified = new(IsVersion1: false, path);
            }
        }

        return unified;
    }
}
