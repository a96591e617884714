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

    /// <summary>Where everything private and writable lies.</summary>
    public static IReadOnlyList<(ulong Start, ulong End)> Writable(int pid) =>
    [
        .. File.ReadLines($"/proc/{pid}/maps")
            .Where(line => line.Contains(" rw-p ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0].Split('-'))
            .Select(range => (Address(range[0]), Address(range[1]))),
    ];

    /// <summary>Memory that it shares with nobody.</summary>
    public static long PrivateBytes(int pid) => new ProcFileSystem().TryReadSmapsRollup(pid).Value!.PrivateBytes;

    /// <summary>Of everything private and writable, its pages in order.</summary>
    public static string WritableMemoryHash(int pid)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var memory = File.OpenHandle($"/proc/{pid}/mem");
        byte[] page = new byte[1 << 16];
        foreach ((ulong start, ulong end) in Writable(pid))
        {
            for (ulong at = start; at < end;)
            {
                int read = RandomAccess.Read(memory, page.AsSpan(0, (int)Math.Min((ulong)page.Length, end - at)), (long)at);
                hash.AppendData(page, 0, read);
                at += (ulong)read;
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static ulong Address(string hex) => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
