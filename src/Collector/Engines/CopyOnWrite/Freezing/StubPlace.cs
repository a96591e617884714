using System.Globalization;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Where a stub fits in the worker: the zeros that the linker leaves between the end of a library's code and the end of its last page.
/// Writing there gives the worker a page of its own (4 KB), and changes nothing that anybody executes.
/// </summary>
internal static class StubPlace
{
    private const string PageOfCode = "r-xp";
    private const int Alignment = 16;

    /// <exception cref="FreezeException">No library has room, or the worker is gone or closed to us.</exception>
    public static ulong Find(int pid)
    {
        try
        {
            using var memory = File.OpenHandle($"/proc/{pid}/mem");
            Span<byte> place = stackalloc byte[HealingStub.Bytes];
            foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
            {
                // Address, permissions, offset, device, inode, path (proc_pid_maps(5)). [vdso] and memory without a file have no slash.
                if (!line.Contains(PageOfCode, StringComparison.Ordinal) || !line.Contains(" /", StringComparison.Ordinal))
                {
                    continue;
                }

                ReadOnlySpan<char> end = line.AsSpan(line.IndexOf('-', StringComparison.Ordinal) + 1, line.IndexOf(' ', StringComparison.Ordinal) - line.IndexOf('-', StringComparison.Ordinal) - 1);
                ulong address = ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - HealingStub.Bytes - Alignment;
                if (RandomAccess.Read(memory, place, (long)address) == place.Length && HealingStub.IsFree(place))
                {
                    return address;
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw new FreezeException(FreezeFailure.NotPermitted, $"the memory of process {pid} may not be read");
        }
        catch (IOException)
        {
            throw new FreezeException(FreezeFailure.Gone, $"process {pid} has exited");
        }

        throw new FreezeException(FreezeFailure.Refused, $"no library of process {pid} leaves room behind its code, which the freezing needs");
    }
}
