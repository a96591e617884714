using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Finds executable bytes that belong to nobody: an executable segment rarely ends on a page boundary, and the loader maps whole pages,
/// so the rest of its last page is never run, read or written. glibc and its loader alone have 7 KB of it.
/// </summary>
internal static class StubPlace
{
    /// <summary>Far longer than a thread needs for a stub, whatever handlers run on top of it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private const int Alignment = 64;
    private const int HeaderBytes = 4096;

    /// <summary>Program header (elf(5)): 56 bytes; type at 0, flags at 4, file offset at 8, size in the file at 32.</summary>
    private const int ProgramHeaderBytes = 56;
    private const uint Load = 1;
    private const uint Executable = 1;

    public static long QuietTicks => (long)(Quiet.TotalSeconds * Stopwatch.Frequency);

    /// <exception cref="FreezeException">No mapping has so much room.</exception>
    public static ulong Find(int pid, WorkerMemory memory)
    {
        long now = Stopwatch.GetTimestamp();
        List<Mapping> mappings = ReadMappings(pid);
        foreach (Mapping code in mappings.Where(mapping => mapping.IsCode))
        {
            if (mappings.Find(mapping => mapping.Offset == 0 && mapping.File == code.File && mapping.Start <= code.Start) is not { } head
                || EndOfSegment(head, code, memory) is not { } unused)
            {
                continue;
            }

            for (ulong place = AlignUp(unused); place + HealingStub.Size <= code.End; place = AlignUp(place + HealingStub.Size))
            {
                if (memory.IsFree(place, now, QuietTicks))
                {
                    return place;
                }
            }
        }

        throw new FreezeException(
            FreezeFailure.Refused, $"process {pid} has no {HealingStub.Size} unused executable bytes from which it could be copied safely");
    }

    private static ulong AlignUp(ulong address) => (address + Alignment - 1) & ~(ulong)(Alignment - 1);

    /// <summary>Null where the file is no ELF file, or no segment of it is mapped like this.</summary>
    private static ulong? EndOfSegment(Mapping head, Mapping code, WorkerMemory memory)
    {
        byte[] header = new byte[HeaderBytes];
        if (!memory.TryRead(head.Start, header) || !header.AsSpan().StartsWith("\u007fELF"u8))
        {
            return null;
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56));
        for (int index = 0; index < count && table + (ulong)((index + 1) * ProgramHeaderBytes) <= HeaderBytes; index++)
        {
            ReadOnlySpan<byte> segment = header.AsSpan((int)table + (index * ProgramHeaderBytes), ProgramHeaderBytes);
            bool isCode = BinaryPrimitives.ReadUInt32LittleEndian(segment) == Load
                && (BinaryPrimitives.ReadUInt32LittleEndian(segment[4..]) & Executable) != 0;
            ulong end = BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]) + BinaryPrimitives.ReadUInt64LittleEndian(segment[32..]);
            if (isCode && end > code.Offset && end <= code.Offset + (code.End - code.Start))
            {
                return code.Start + (end - code.Offset);
            }
        }

        return null;
    }

    private static List<Mapping> ReadMappings(int pid)
    {
        try
        {
            return [.. File.ReadLines($"/proc/{pid}/maps").Select(Mapping.TryParse).OfType<Mapping>()];
        }
        catch (UnauthorizedAccessException refused)
        {
            throw Failures.NotPermitted(pid, refused);
        }
        catch (IOException absent)
        {
            throw Failures.Gone(pid, absent);
        }
    }

    /// <summary>A line of <c>/proc/PID/maps</c> that is about a file: start-end, rights, offset, device, inode, path (proc_pid_maps(5)).</summary>
    private sealed record Mapping(ulong Start, ulong End, bool IsCode, ulong Offset, string File)
    {
        public static Mapping? TryParse(string line)
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            string[] range = parts[0].Split('-');
            return parts.Length == 6 && parts[5].TrimStart() is ['/', ..] path && !path.EndsWith(" (deleted)", StringComparison.Ordinal)
                ? new(Hex(range[0]), Hex(range[1]), parts[1] == "r-xp", Hex(parts[2]), path)
                : null;
        }

        private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
