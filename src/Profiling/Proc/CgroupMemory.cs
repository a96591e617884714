using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>What the control groups of a process allow it, all ancestors counted: the kernel enforces every one of them.</summary>
/// <param name="LimitBytes">The smallest limit from the group up to the root. Null where there is none.</param>
/// <param name="CurrentBytes">
/// Use of the group with that limit, or of the process's own where there is no limit. Includes page cache.
/// </param>
/// <param name="HeadroomBytes">
/// How much can be allocated before some group is full, never negative. Less than the difference of the other two where an ancestor,
/// which also counts the neighbours, fills up first. Null where there is no limit.
/// </param>
internal sealed record CgroupMemory(long? LimitBytes, long? CurrentBytes, long? HeadroomBytes)
{
    /// <summary>
    /// Version 1 has no word for "no limit"; it prints the largest counter, which depends on the page size and the kernel's age
    /// (9223372036854771712 with pages of 4 KB). No machine has half of that.
    /// </summary>
    private const ulong Unlimited = 1UL << 62;

    /// <summary>Null when no level has any file of the memory controller.</summary>
    /// <param name="levels">From the process's own group up to the root.</param>
    public static CgroupMemory? Combine(IEnumerable<CgroupLevel> levels)
    {
        CgroupLevel? own = null;
        CgroupLevel? tightest = null;
        long? headroom = null;
        foreach (CgroupLevel level in levels)
        {
            own ??= level;
            if (level.LimitBytes is not long limit)
            {
                continue;
            }

            if (tightest is null || limit < tightest.Value.LimitBytes)
            {
                tightest = level;
            }

            long left = Math.Max(0, limit - (level.CurrentBytes ?? 0));
            headroom = Math.Min(headroom ?? left, left);
        }

        return own is null ? null : new(tightest?.LimitBytes, (tightest ?? own).Value.CurrentBytes, headroom);
    }

    /// <summary>
    /// The number in memory.max, memory.current and their version 1 counterparts. Null for no limit.
    /// </summary>
    /// <exception cref="InvalidDataException">It is neither a number nor <c>max</c>.</exception>
    public static long? ParseBytes(string text, string source)
    {
        string value = text.Trim();
        if (value == "max")
        {
            return null;
        }

        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
            ? bytes < Unlimited ? (long)bytes : null
            : throw new InvalidDataException($"{source}, line 1: expected a number of bytes or max");
    }

    /// <summary>
    /// <c>inactive_file</c> of memory.stat, in version 1 the <c>total_</c> that includes the groups below: what Kubernetes, too, subtracts
    /// from use to get a working set. 0 where there is no such line.
    /// </summary>
    /// <exception cref="InvalidDataException">The line has no number.</exception>
    public static long ParseIdleCacheBytes(string text, bool isVersion1, string source)
    {
        string key = isVersion1 ? "total_inactive_file " : "inactive_file ";
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                return long.TryParse(line.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                    ? bytes
                    : throw new InvalidDataException($"{source}, line {number}: expected a number of bytes");
            }
        }

        return 0;
    }
}

/// <summary>One control group: its limit (null: none) and what its processes use (null: the root, which is not counted).</summary>
internal readonly record struct CgroupLevel(long? LimitBytes, long? CurrentBytes);
