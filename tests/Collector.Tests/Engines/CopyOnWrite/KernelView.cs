using System.Globalization;
using System.Security.Cryptography;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>What the kernel says of a process under test.</summary>
internal static class KernelView
{
    /// <summary>Who traces it, thread by thread; 0 is nobody.</summary>
    public static IReadOnlyList<int> Tracers(int pid)
    {
        var tasks = new ProcFileSystem($"/proc/{pid}/task");
        return [.. tasks.EnumeratePids().Select(tid => tasks.TryReadStatus(tid).Value?.TracerPid ?? 0)];
    }

    public static IReadOnlyList<ProcessStatus> Children(int pid)
    {
        var proc = new ProcFileSystem();
        return [.. proc.EnumeratePids().Select(each => proc.TryReadStatus(each).Value).OfType<ProcessStatus>().Where(each => each.ParentPid == pid)];
    }

    public static char? State(int pid) => new ProcFileSystem().TryReadStatus(pid).Value?.State;

    /// <summary>Its executable mappings of files, as lines of <c>/proc/PID/maps</c>.</summary>
    public static HashSet<string> Code(int pid) =>
        [.. File.ReadLines($"/proc/{pid}/maps").Where(line => line.Contains(" r-xp ", StringComparison.Ordinal))];

    public static byte[] Memory(int pid, ulong address, int count)
    {
        byte[] bytes = new byte[count];
        using var memory = File.OpenHandle($"/proc/{pid}/mem");
        Assert.Equal(count, RandomAccess.Read(memory, bytes, (long)address));
        return bytes;
    }

    /// <summary>Of everything private and writable, its pages in order.</summary>
    public static string WritableMemoryHash(int pid)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var memory = File.OpenHandle($"/proc/{pid}/mem");
        byte[] page = new byte[1 << 16];
        foreach (string[] range in File.ReadLines($"/proc/{pid}/maps").Where(line => line.Contains(" rw-p ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0].Split('-')))
        {
            long end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (long at = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture); at < end;)
            {
                int read = RandomAccess.Read(memory, page.AsSpan(0, (int)Math.Min(page.Length, end - at)), at);
                hash.AppendData(page, 0, read);
                at += read;
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
